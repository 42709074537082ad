//! Frames as lines that two daemons can be compared by.

use std::fmt::Write as _;
use std::time::Duration;

use netlab::{Capture, Frame, Mark};

use crate::stage::SOON;

/// How far two daemons may be apart in the time of a frame, on a machine that has other work too.
pub(crate) const TOLERANCE: Duration = Duration::from_millis(150);

/// A frame, and its time since the first one.
#[derive(Clone, Debug)]
pub(crate) struct Shot {
    pub(crate) at: Duration,
    pub(crate) text: String,
}

/// All frames of a capture.
pub(crate) fn shots(frames: &[Frame]) -> Vec<Shot> {
    let Some(first) = frames.first() else { return Vec::new() };
    frames.iter().map(|frame| Shot { at: frame.at - first.at, text: text(frame) }).collect()
}

/// What it is, and its octets.
fn text(frame: &Frame) -> String {
    let mut bytes = frame.bytes.clone();
    let kind = match (frame.advert(), frame.announcement()) {
        (Some(advert), _) => format!("advert {}", advert.priority),
        (None, Some(announcement)) => format!("announce {}", announcement.address),
        (None, None) => "frame".to_owned(),
    };
    if bytes[12..14] == [0x86, 0xdd] {
        // The kernel of each host picks a flow label.
        bytes[15] &= 0xf0;
        bytes[16..18].fill(0);
    }
    let mut text = format!("{kind}: ");
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Waits until so many adverts were sent from `mark` on.
pub(crate) fn wait_for_adverts(capture: &Capture, mark: Mark, count: usize) {
    let mut seen = 0;
    let enough = |frame: &Frame| {
        seen += usize::from(frame.advert().is_some());
        (seen >= count).then_some(())
    };
    capture.wait_for(mark, "adverts", SOON, enough).unwrap();
}

/// Both sent the same, but not at the same times.
#[derive(Debug)]
pub(crate) struct Late(String);

/// Plays until both are on time, at most three times: a machine that has other work lets either of them wait now and
/// then, but not again and again. What is sent must be right the first time.
pub(crate) fn on_time(play: impl Fn() -> Result<(), Late>) {
    let attempts: Vec<_> = (0..3).map_while(|_| play().err()).collect();
    assert!(attempts.len() < 3, "{}", attempts.last().map_or("", |late| &late.0));
}

/// Asserts that both sent the same frames in the same order, and tells whether at about the same time.
pub(crate) fn compare_frames(what: &str, keepalived: &[Shot], kad: &[Shot]) -> Result<(), Late> {
    let (c, k): (Vec<_>, Vec<_>) = (texts(keepalived), texts(kad));
    assert!(c == k, "{what}: the frames differ\n{}", difference(&c, &k));
    let apart = keepalived.iter().zip(kad).map(|(c, k)| c.at.abs_diff(k.at)).max();
    match apart {
        Some(apart) if apart >= TOLERANCE => {
            Err(Late(format!("{what}: a frame is {apart:?} apart\n{}", times(keepalived, kad))))
        }
        _ => Ok(()),
    }
}

/// When each frame came: of keepalived, of kad, and its kind.
fn times(keepalived: &[Shot], kad: &[Shot]) -> String {
    let line = |(c, k): (&Shot, &Shot)| {
        let kind = k.text.split(':').next().unwrap_or_default();
        format!("{:9.3?} {:9.3?}  {kind}\n", c.at, k.at)
    };
    keepalived.iter().zip(kad).map(line).collect()
}

fn texts(shots: &[Shot]) -> Vec<String> {
    shots.iter().map(|shot| shot.text.clone()).collect()
}

/// Two lists side by side: `-` only keepalived, `+` only kad.
pub(crate) fn difference(keepalived: &[String], kad: &[String]) -> String {
    let (n, m) = (keepalived.len(), kad.len());
    let mut common = vec![vec![0_usize; m + 1]; n + 1];
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            common[i][j] = if keepalived[i] == kad[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut out) = (0, 0, String::new());
    while i < n || j < m {
        let (sign, line) = if i < n && j < m && keepalived[i] == kad[j] {
            (i, j) = (i + 1, j + 1);
            (' ', &kad[j - 1])
        } else if j == m || (i < n && common[i + 1][j] >= common[i][j + 1]) {
            i += 1;
            ('-', &keepalived[i - 1])
        } else {
            j += 1;
            ('+', &kad[j - 1])
        };
        let _ = writeln!(out, "{sign} {line}");
    }
    out
}

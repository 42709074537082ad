//! The life of a pair: everything that makes an address move, one event after the other.

use super::protocol::Protocol;
use super::report::{Event, Report, ScenarioError, Side};
use super::scene::{Other, Scene};
use crate::LabError;
use crate::peer::PeerKind;
use std::time::Duration;

/// How long a router may take to stop in good order.
const STOP_TIMEOUT: Duration = Duration::from_secs(20);

/// Two routers, left with priority 200 and right with 100, and a client on one LAN live through a first election,
/// a crash of the master, its return, its clean stop, its return, its link going down and up, and a partition and
/// its healing.
///
/// After every event there must be exactly one master, the right one (in the partition: both): it holds the
/// addresses and the other one does not, the client's neighbour entry is the master's and its pings are answered,
/// the takeover took the time that the protocol gives, and no router turned twice. Events are waited for; the
/// whole takes some 25 intervals and a few seconds.
///
/// # Errors
/// The first thing that is not so. [`ScenarioError::Lab`] also where a peer cannot be had.
pub fn failover(left: &PeerKind, right: &PeerKind, protocol: &Protocol) -> Result<Report, ScenarioError> {
    let (mut scene, start) = Scene::open(left, right, protocol)
        .map_err(|source| ScenarioError::Lab { event: Event::Start, source })?;
    scene.judge(start, Side::Left, Other::Idle)?;

    let act = scene.begin(Event::Crash);
    done(Event::Crash, scene.left.proc().kill_tree())?;
    scene.judge(act, Side::Right, Other::Crashed)?;
    let act = scene.begin(Event::ReturnFromCrash);
    done(Event::ReturnFromCrash, scene.left.restart())?;
    scene.judge(act, Side::Left, Other::Idle)?;

    let act = scene.begin(Event::Stop);
    done(Event::Stop, scene.left.proc().terminate(STOP_TIMEOUT))?;
    scene.judge(act, Side::Right, Other::Idle)?;
    let act = scene.begin(Event::ReturnFromStop);
    done(Event::ReturnFromStop, scene.left.restart())?;
    scene.judge(act, Side::Left, Other::Idle)?;

    let act = scene.begin(Event::LinkDown);
    done(Event::LinkDown, scene.left.host().link_down())?;
    scene.judge(act, Side::Right, Other::Idle)?;
    let act = scene.begin(Event::LinkUp);
    done(Event::LinkUp, scene.left.host().link_up())?;
    scene.judge(act, Side::Left, Other::Idle)?;

    let act = scene.begin(Event::Partition);
    done(Event::Partition, scene.lab.partition(&[scene.left.host()], &[scene.right.host()]))?;
    scene.judge(act, Side::Right, Other::Unaware)?;
    let act = scene.begin(Event::Healing);
    done(Event::Healing, scene.lab.heal())?;
    scene.judge(act, Side::Left, Other::Idle)?;

    let pings = done(Event::Healing, scene.pings.finish())?;
    Ok(Report {
        left: left.to_string(),
        right: right.to_string(),
        protocol: protocol.clone(),
        takeovers: scene.takeovers,
        pings,
    })
}

fn done<T>(event: Event, result: Result<T, LabError>) -> Result<T, ScenarioError> {
    result.map_err(|source| ScenarioError::Lab { event, source })
}

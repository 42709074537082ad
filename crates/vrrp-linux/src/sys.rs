//! The system calls that neither rustix nor socket2 offers: the only unsafe code of the crate.
//!
//! The argument is the same for all of it. Every pointer handed to the kernel is made, in the function that makes
//! the call, from a slice or a local that outlives the call, and every length is that slice's own. The kernel
//! keeps none of them after it returns. What it wrote is read back as plain integers.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_int, c_uint};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr;

/// Sets an option that is a C `int`.
#[doc(alias = "setsockopt")]
pub(crate) fn set_int(fd: BorrowedFd<'_>, level: c_int, option: c_int, value: c_int) -> io::Result<()> {
    // SAFETY: `value` is a local that outlives the call, the length is its size, and the fd is borrowed, hence open.
    let status = unsafe {
        libc::setsockopt(
            fd.as_raw_fd(),
            level,
            option,
            (&raw const value).cast(),
            size_of::<c_int>() as libc::socklen_t,
        )
    };
    if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// One message to send: a socket address, control data and the octets, each as the kernel lays it out.
pub(crate) struct Outgoing<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) control: &'a [u8],
    pub(crate) octets: &'a [u8],
}

/// Room for one message to receive.
pub(crate) struct Incoming<'a> {
    pub(crate) name: &'a mut [u8],
    pub(crate) control: &'a mut [u8],
    pub(crate) octets: &'a mut [u8],
}

/// How much of an [`Incoming`] the kernel filled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filled {
    pub(crate) name: usize,
    pub(crate) control: usize,
    pub(crate) octets: usize,
    /// `MSG_TRUNC`: the message was longer than its room.
    pub(crate) truncated: bool,
}

/// The header arrays of `sendmmsg` and `recvmmsg`, allocated once.
///
/// Their pointers are written anew before each call and are never read outside of it.
pub(crate) struct MessageTable {
    headers: Vec<libc::mmsghdr>,
    vectors: Vec<libc::iovec>,
}

// SAFETY: the pointers inside are stale between calls and nothing dereferences them then, so the table is no
// more than plain memory to whichever thread owns it.
unsafe impl Send for MessageTable {}

impl std::fmt::Debug for MessageTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MessageTable").field("capacity", &self.headers.capacity()).finish()
    }
}

impl MessageTable {
    pub(crate) fn new(messages: usize) -> Self {
        Self { headers: Vec::with_capacity(messages), vectors: Vec::with_capacity(messages) }
    }

    /// Makes room for `messages` in all.
    pub(crate) fn reserve(&mut self, messages: usize) {
        self.headers.reserve(messages.saturating_sub(self.headers.len()));
        self.vectors.reserve(messages.saturating_sub(self.vectors.len()));
    }

    fn clear(&mut self) {
        self.headers.clear();
        self.vectors.clear();
    }

    fn push(&mut self, name: (*mut u8, usize), control: (*mut u8, usize), octets: (*mut u8, usize)) {
        // SAFETY: mmsghdr is a C structure of integers and pointers, for which all zero octets are a value.
        let mut header: libc::mmsghdr = unsafe { std::mem::zeroed() };
        header.msg_hdr.msg_name = name.0.cast();
        header.msg_hdr.msg_namelen = name.1 as libc::socklen_t;
        header.msg_hdr.msg_control = if control.1 == 0 { ptr::null_mut() } else { control.0.cast() };
        header.msg_hdr.msg_controllen = control.1 as _;
        header.msg_hdr.msg_iovlen = 1;
        self.headers.push(header);
        self.vectors.push(libc::iovec { iov_base: octets.0.cast(), iov_len: octets.1 });
    }

    /// Points each header to its vector, once neither array moves any more.
    fn link(&mut self) {
        for (header, vector) in self.headers.iter_mut().zip(&mut self.vectors) {
            header.msg_hdr.msg_iov = vector;
        }
    }

    /// What the last [`receive`] wrote into slot `index`.
    pub(crate) fn filled(&self, index: usize) -> Filled {
        self.headers.get(index).map_or_else(Filled::default, |header| Filled {
            name: header.msg_hdr.msg_namelen as usize,
            control: header.msg_hdr.msg_controllen as _,
            octets: header.msg_len as usize,
            truncated: header.msg_hdr.msg_flags & libc::MSG_TRUNC != 0,
        })
    }
}

/// Sends every message without waiting: one `sendmmsg`, and one more behind each message that fails.
///
/// Returns how many left; `failed` hears of the others by their position.
#[doc(alias = "sendmmsg")]
pub(crate) fn send<'a>(
    fd: BorrowedFd<'_>,
    table: &mut MessageTable,
    messages: impl Iterator<Item = Outgoing<'a>>,
    mut failed: impl FnMut(usize, io::Error),
) -> usize {
    table.clear();
    for Outgoing { name, control, octets } in messages {
        let lend = |part: &'a [u8]| (part.as_ptr().cast_mut(), part.len());
        table.push(lend(name), lend(control), lend(octets));
    }
    table.link();
    let (mut next, mut sent) = (0, 0);
    while next < table.headers.len() {
        let rest = &mut table.headers[next..];
        // SAFETY: the headers point into slices borrowed for 'a, which outlives this call, with their own lengths;
        // sendmmsg only reads through them, and writes nothing but `msg_len` of the headers in `rest`.
        let done = unsafe {
            libc::sendmmsg(fd.as_raw_fd(), rest.as_mut_ptr(), rest.len() as c_uint, libc::MSG_DONTWAIT as _)
        };
        match usize::try_from(done) {
            Ok(count @ 1..) => {
                sent += count;
                next += count;
            }
            Ok(0) => {
                failed(next, io::ErrorKind::WouldBlock.into());
                next += 1;
            }
            Err(_) => {
                failed(next, io::Error::last_os_error());
                next += 1;
            }
        }
    }
    sent
}

/// One `recvmmsg` that does not wait: how many of the slots hold a message now. See [`MessageTable::filled`].
#[doc(alias = "recvmmsg")]
pub(crate) fn receive<'a>(
    fd: BorrowedFd<'_>,
    table: &mut MessageTable,
    slots: impl Iterator<Item = Incoming<'a>>,
) -> io::Result<usize> {
    table.clear();
    for Incoming { name, control, octets } in slots {
        table.push(
            (name.as_mut_ptr(), name.len()),
            (control.as_mut_ptr(), control.len()),
            (octets.as_mut_ptr(), octets.len()),
        );
    }
    table.link();
    // SAFETY: the headers point into slices borrowed exclusively for 'a, which outlives this call, with their own
    // lengths; the time-out may be null.
    let count = unsafe {
        libc::recvmmsg(
            fd.as_raw_fd(),
            table.headers.as_mut_ptr(),
            table.headers.len() as c_uint,
            libc::MSG_DONTWAIT as _,
            ptr::null_mut(),
        )
    };
    match usize::try_from(count) {
        Ok(count) => Ok(count),
        Err(_) => match io::Error::last_os_error() {
            error if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
            error => Err(error),
        },
    }
}

/// Waits on an epoll instance with a time-out in nanoseconds; `ENOSYS` before Linux 5.11.
pub(crate) fn epoll_pwait2(
    epoll: BorrowedFd<'_>,
    events: &mut [libc::epoll_event],
    timeout: Option<&libc::timespec>,
) -> io::Result<usize> {
    let room = c_int::try_from(events.len()).unwrap_or(c_int::MAX);
    let timeout = timeout.map_or(ptr::null(), ptr::from_ref);
    // SAFETY: `events` and `timeout` are borrowed for the call, `room` is not more than the slice holds, no signal
    // mask is given, and the fd is borrowed, hence open.
    let count = unsafe {
        libc::syscall(
            libc::SYS_epoll_pwait2,
            epoll.as_raw_fd(),
            events.as_mut_ptr(),
            room,
            timeout,
            ptr::null::<libc::sigset_t>(),
            0usize,
        )
    };
    usize::try_from(count).map_err(|_| io::Error::last_os_error())
}

/// `struct sched_attr` of `linux/sched/types.h`, in its first version.
#[repr(C)]
#[derive(Default)]
struct SchedAttr {
    size: u32,
    policy: u32,
    flags: u64,
    nice: i32,
    priority: u32,
    runtime: u64,
    deadline: u64,
    period: u64,
}

/// How a thread takes its turns.
#[derive(Clone, Copy)]
pub(crate) enum Turns {
    /// As an ordinary one of this nice value and length of slice.
    Ordinary { nice: i32, slice_nanos: u64 },
    /// Before all ordinary ones.
    Realtime { priority: u32 },
}

/// Schedules the calling thread; what it starts is scheduled as if nobody had.
pub(crate) fn sched_setattr(turns: Turns) -> io::Result<()> {
    let (policy, nice, priority, runtime) = match turns {
        Turns::Ordinary { nice, slice_nanos } => (libc::SCHED_OTHER, nice, 0, slice_nanos),
        Turns::Realtime { priority } => (libc::SCHED_RR, 0, priority, 0),
    };
    let attr = SchedAttr {
        size: size_of::<SchedAttr>() as u32,
        policy: policy as u32,
        flags: libc::SCHED_FLAG_RESET_ON_FORK as u64,
        nice,
        priority,
        runtime,
        ..SchedAttr::default()
    };
    // SAFETY: `attr` is a local that outlives the call and says its own size; 0 is the calling thread.
    let status = unsafe { libc::syscall(libc::SYS_sched_setattr, 0, &raw const attr, 0u32) };
    if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Marks every descriptor from 3 on to be closed at the next exec; `ENOSYS` before Linux 5.11.
pub(crate) fn close_range_cloexec() -> io::Result<()> {
    // SAFETY: no pointer is involved, and no descriptor is closed here.
    let status =
        unsafe { libc::syscall(libc::SYS_close_range, 3 as c_uint, c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC) };
    if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// What runs commands that the kernel does not.
pub(crate) const SHELL: &CStr = c"/bin/sh";

/// What a new process becomes. All strings are made before the fork: the child allocates nothing.
pub(crate) struct Image<'a> {
    /// The file to run.
    pub(crate) path: &'a CStr,
    pub(crate) argv: &'a [CString],
    /// Instead of `argv`, for [`SHELL`], when the file has no format the kernel knows.
    pub(crate) shell: &'a [CString],
    pub(crate) environment: &'a [CString],
    /// User and group; `None` stays as it is.
    pub(crate) identity: Option<(libc::uid_t, libc::gid_t)>,
    /// SIGTERM when the starter ends.
    pub(crate) die_with_parent: bool,
    /// Where the child says what failed: three C ints, its number, the step and the errno.
    pub(crate) complaints: BorrowedFd<'a>,
}

/// The step that failed, of [`Image::complaints`].
pub(crate) mod step {
    pub(crate) const GROUP: i32 = 1;
    pub(crate) const GROUPS: i32 = 2;
    pub(crate) const USER: i32 = 3;
    pub(crate) const EXECUTE: i32 = 4;
    /// Nothing failed: the shell runs it.
    pub(crate) const SHELL: i32 = 5;
}

/// Forks, and runs a program in the child: own process group, all signals at their defaults and none blocked.
///
/// A child that cannot run it says why and ends with code 0.
#[doc(alias = "fork")]
pub(crate) fn fork_exec(image: &Image<'_>) -> io::Result<libc::pid_t> {
    let pointers = |strings: &[CString]| {
        let all = strings.iter().map(|string| string.as_ptr()).chain(std::iter::once(ptr::null()));
        all.collect::<Vec<_>>()
    };
    let (argv, shell, environment) =
        (pointers(image.argv), pointers(image.shell), pointers(image.environment));
    let last_signal = libc::SIGRTMAX();
    // SAFETY: the child calls nothing but what signal-safety(7) allows, on memory of its own copy, until it executes
    // another program or ends.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => become_image(image, &argv, &shell, &environment, last_signal),
        child => {
            // The child does the same; whoever comes first. Its group must be there before anybody signals it.
            // SAFETY: no pointer is involved.
            unsafe { libc::setpgid(child, child) };
            Ok(child)
        }
    }
}

/// The child of [`fork_exec`].
fn become_image(
    image: &Image<'_>,
    argv: &[*const libc::c_char],
    shell: &[*const libc::c_char],
    environment: &[*const libc::c_char],
    last_signal: c_int,
) -> ! {
    // SAFETY: every array of pointers ends with a null and points to strings that `image` borrows; the structures are
    // locals; all functions are async-signal-safe, or but system calls where there is one thread.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = libc::SIG_DFL;
        for signal in 1..=last_signal {
            libc::sigaction(signal, &raw const action, ptr::null_mut());
        }
        let mut none: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const none, ptr::null_mut());
        libc::setpgid(0, 0);
        if let Some((uid, gid)) = image.identity {
            if libc::setgid(gid) < 0 {
                complain(image, step::GROUP);
            }
            if libc::setgroups(1, &raw const gid) < 0 {
                complain(image, step::GROUPS);
            }
            if libc::setuid(uid) < 0 {
                complain(image, step::USER);
            }
        }
        if image.die_with_parent {
            // After the change of user, which undoes it.
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM);
        }
        libc::execve(image.path.as_ptr(), argv.as_ptr(), environment.as_ptr());
        if *libc::__errno_location() == libc::ENOEXEC {
            tell(image, step::SHELL, 0);
            libc::execve(SHELL.as_ptr(), shell.as_ptr(), environment.as_ptr());
        }
    }
    complain(image, step::EXECUTE)
}

fn complain(image: &Image<'_>, step: i32) -> ! {
    // SAFETY: errno is this thread's own; `_exit` runs no handler of the starter.
    unsafe {
        tell(image, step, *libc::__errno_location());
        libc::_exit(0)
    }
}

fn tell(image: &Image<'_>, step: i32, errno: i32) {
    // SAFETY: `message` is a local of the size given; the write is atomic, for it is shorter than PIPE_BUF.
    unsafe {
        let message = [libc::getpid(), step, errno];
        let fd = image.complaints.as_raw_fd();
        let _written = libc::write(fd, message.as_ptr().cast(), size_of_val(&message));
    }
}

/// Room for an entry of a user or group data base; one with more members than fit is not found.
const ENTRY: usize = 64 * 1024;

/// The numbers of a user and of its group, `None` if there is none. May ask a directory service and wait for it.
#[doc(alias = "getpwnam_r")]
pub(crate) fn user_by_name(name: &CStr) -> io::Result<Option<(libc::uid_t, libc::gid_t)>> {
    let mut space = vec![0 as libc::c_char; ENTRY];
    let mut found = ptr::null_mut();
    // SAFETY: a structure of integers and pointers, for which all zero octets are a value.
    let mut entry: libc::passwd = unsafe { std::mem::zeroed() };
    // SAFETY: all are locals that outlive the call, `space` with its own length; `name` ends with a zero.
    let error = unsafe {
        libc::getpwnam_r(name.as_ptr(), &raw mut entry, space.as_mut_ptr(), space.len(), &raw mut found)
    };
    match error {
        0 => Ok((!found.is_null()).then_some((entry.pw_uid, entry.pw_gid))),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

/// The number of a group, `None` if there is none. May ask a directory service and wait for it.
#[doc(alias = "getgrnam_r")]
pub(crate) fn group_by_name(name: &CStr) -> io::Result<Option<libc::gid_t>> {
    let mut space = vec![0 as libc::c_char; ENTRY];
    let mut found = ptr::null_mut();
    // SAFETY: a structure of integers and pointers, for which all zero octets are a value.
    let mut entry: libc::group = unsafe { std::mem::zeroed() };
    // SAFETY: all are locals that outlive the call, `space` with its own length; `name` ends with a zero.
    let error = unsafe {
        libc::getgrnam_r(name.as_ptr(), &raw mut entry, space.as_mut_ptr(), space.len(), &raw mut found)
    };
    match error {
        0 => Ok((!found.is_null()).then_some(entry.gr_gid)),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

/// The name of a user, `None` if there is none. May ask a directory service and wait for it.
#[doc(alias = "getpwuid_r")]
pub(crate) fn user_name(uid: libc::uid_t) -> Option<String> {
    let mut space = vec![0 as libc::c_char; ENTRY];
    let mut found = ptr::null_mut();
    // SAFETY: a structure of integers and pointers, for which all zero octets are a value.
    let mut entry: libc::passwd = unsafe { std::mem::zeroed() };
    // SAFETY: all are locals that outlive the call, `space` with its own length.
    let error =
        unsafe { libc::getpwuid_r(uid, &raw mut entry, space.as_mut_ptr(), space.len(), &raw mut found) };
    if error != 0 || found.is_null() {
        return None;
    }
    // SAFETY: an entry that was found has a name that ends with a zero, in `space`, which is still there.
    let name = unsafe { CStr::from_ptr(entry.pw_name) };
    name.to_str().ok().map(str::to_owned)
}

/// The full name of a host as name servers give it, `None` if they know none. May wait for them.
#[doc(alias = "getaddrinfo")]
pub(crate) fn canonical_name(host: &CStr) -> Option<String> {
    // SAFETY: a structure of integers and pointers, for which all zero octets are a value.
    let mut hints: libc::addrinfo = unsafe { std::mem::zeroed() };
    hints.ai_flags = libc::AI_CANONNAME;
    let mut found = ptr::null_mut();
    // SAFETY: `host` ends with a zero; the other two are locals that outlive the call.
    let error = unsafe { libc::getaddrinfo(host.as_ptr(), ptr::null(), &raw const hints, &raw mut found) };
    if error != 0 || found.is_null() {
        return None;
    }
    // SAFETY: success gives a list of at least one entry, whose name is null or ends with a zero; it is freed once, when
    // the name was copied.
    unsafe {
        let name = (*found).ai_canonname;
        let name = (!name.is_null()).then(|| CStr::from_ptr(name).to_string_lossy().into_owned());
        libc::freeaddrinfo(found);
        name
    }
}

//! The numbers of the kernel's generic netlink family `IPVS` (`linux/ip_vs.h`), for whoever looks at captures.

/// `IPVS_GENL_NAME`
pub const FAMILY_NAME: &str = "IPVS";
/// `IPVS_GENL_VERSION`
pub const FAMILY_VERSION: u8 = 1;

/// Commands, `IPVS_CMD_*`.
pub mod cmd {
    #![expect(missing_docs, reason = "the names are the kernel's")]
    pub const NEW_SERVICE: u8 = 1;
    pub const SET_SERVICE: u8 = 2;
    pub const DEL_SERVICE: u8 = 3;
    pub const GET_SERVICE: u8 = 4;
    pub const NEW_DEST: u8 = 5;
    pub const SET_DEST: u8 = 6;
    pub const DEL_DEST: u8 = 7;
    pub const GET_DEST: u8 = 8;
    pub const NEW_DAEMON: u8 = 9;
    pub const DEL_DAEMON: u8 = 10;
    pub const GET_DAEMON: u8 = 11;
    pub const SET_CONFIG: u8 = 12;
    pub const GET_CONFIG: u8 = 13;
    pub const SET_INFO: u8 = 14;
    pub const GET_INFO: u8 = 15;
    pub const ZERO: u8 = 16;
    pub const FLUSH: u8 = 17;
}

/// Attributes of a command, `IPVS_CMD_ATTR_*`.
pub mod attr {
    #![expect(missing_docs, reason = "the names are the kernel's")]
    pub const SERVICE: u16 = 1;
    pub const DEST: u16 = 2;
    pub const DAEMON: u16 = 3;
    pub const TIMEOUT_TCP: u16 = 4;
    pub const TIMEOUT_TCP_FIN: u16 = 5;
    pub const TIMEOUT_UDP: u16 = 6;
}

/// Attributes of a service, `IPVS_SVC_ATTR_*`.
pub mod svc {
    #![expect(missing_docs, reason = "the names are the kernel's")]
    pub const AF: u16 = 1;
    pub const PROTOCOL: u16 = 2;
    pub const ADDR: u16 = 3;
    pub const PORT: u16 = 4;
    pub const FWMARK: u16 = 5;
    pub const SCHED_NAME: u16 = 6;
    pub const FLAGS: u16 = 7;
    pub const TIMEOUT: u16 = 8;
    pub const NETMASK: u16 = 9;
    pub const STATS: u16 = 10;
    pub const PE_NAME: u16 = 11;
    pub const STATS64: u16 = 12;
}

/// Attributes of a destination, `IPVS_DEST_ATTR_*`.
pub mod dest {
    #![expect(missing_docs, reason = "the names are the kernel's")]
    pub const ADDR: u16 = 1;
    pub const PORT: u16 = 2;
    pub const FWD_METHOD: u16 = 3;
    pub const WEIGHT: u16 = 4;
    pub const U_THRESH: u16 = 5;
    pub const L_THRESH: u16 = 6;
    pub const ACTIVE_CONNS: u16 = 7;
    pub const INACT_CONNS: u16 = 8;
    pub const PERSIST_CONNS: u16 = 9;
    pub const STATS: u16 = 10;
    pub const ADDR_FAMILY: u16 = 11;
    pub const STATS64: u16 = 12;
    pub const TUN_TYPE: u16 = 13;
    pub const TUN_PORT: u16 = 14;
    pub const TUN_FLAGS: u16 = 15;
}

/// Attributes of a sync daemon, `IPVS_DAEMON_ATTR_*`.
pub mod daemon {
    #![expect(missing_docs, reason = "the names are the kernel's")]
    pub const STATE: u16 = 1;
    pub const MCAST_IFN: u16 = 2;
    pub const SYNC_ID: u16 = 3;
    pub const SYNC_MAXLEN: u16 = 4;
    pub const MCAST_GROUP: u16 = 5;
    pub const MCAST_GROUP6: u16 = 6;
    pub const MCAST_PORT: u16 = 7;
    pub const MCAST_TTL: u16 = 8;
}

/// Attributes of counters, `IPVS_STATS_ATTR_*`.
pub mod stats {
    #![expect(missing_docs, reason = "the names are the kernel's")]
    pub const CONNS: u16 = 1;
    pub const INPKTS: u16 = 2;
    pub const OUTPKTS: u16 = 3;
    pub const INBYTES: u16 = 4;
    pub const OUTBYTES: u16 = 5;
    pub const CPS: u16 = 6;
    pub const INPPS: u16 = 7;
    pub const OUTPPS: u16 = 8;
    pub const INBPS: u16 = 9;
    pub const OUTBPS: u16 = 10;
}

/// Attributes of what IPVS says of itself, `IPVS_INFO_ATTR_*`.
pub mod info {
    #![expect(missing_docs, reason = "the names are the kernel's")]
    pub const VERSION: u16 = 1;
    pub const CONN_TAB_SIZE: u16 = 2;
}

/// `IP_VS_SVC_F_PERSISTENT`
pub(crate) const PERSISTENT: u32 = 1;
/// `IP_VS_SVC_F_HASHED`: the kernel's own, said of every service it lists.
pub(crate) const HASHED: u32 = 2;
/// `IP_VS_CONN_F_FWD_MASK`
pub(crate) const FORWARDING_MASK: u32 = 7;
/// `IP_VS_STATE_MASTER`
pub(crate) const STATE_MASTER: u32 = 1;
/// `IP_VS_STATE_BACKUP`
pub(crate) const STATE_BACKUP: u32 = 2;

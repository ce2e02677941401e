import { userName } from "./primitives.ts";

/** Users and groups of every Debian (base-passwd's passwd.master and group.master). */
const ofDebian = `
root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc _apt nobody adm tty disk kmem dialout fax
voice cdrom floppy tape sudo audio dip operator src shadow utmp video sasl plugdev staff users nogroup`;

/** What packages of the images of Debian, Ubuntu and Raspberry Pi OS make beside them. */
const ofImages = `
input kvm render sgx crontab netdev lxd syslog sshd _ssh messagebus polkitd tss uuidd tcpdump landscape pollinate tracker
systemd-journal systemd-network systemd-resolve systemd-timesync systemd-coredump gpio i2c spi lpadmin avahi rdma _chrony dnsmasq statd _rpc`;

const taken = new Set(`${ofDebian} ${ofImages}`.trim().split(/\s+/));

/**
 * Whether a system has a user or a group of that name from the beginning (pure): cloud-init passes over a user that is there, and useradd
 * makes none whose group is («group staff exists»).
 */
export const isOfSystem = (name: string) => taken.has(name);

/** A user that cloud-init makes with useradd, which takes lower case only. */
export const createdUser = userName
  .regex(
    /^[a-z_][a-z0-9_-]{0,31}$/,
    "not a user's name that useradd takes; write lower-case letters, digits, hyphens and underscores",
  )
  .refine((name) => name !== "root", "there already, and cloud images let nobody in as root; choose another name")
  .refine(
    (name) => name === "root" || !isOfSystem(name),
    "a user or group that the system has itself; choose another name, such as grappe",
  );

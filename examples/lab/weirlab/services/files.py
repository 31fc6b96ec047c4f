# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""OpenSSH, vsftpd, SRT, mail and time."""
import pathlib
import shutil

from ..process import call
from ..servers import Server, server
from .web import certificate

PRIVILEGE_SEPARATION = pathlib.Path("/run/sshd")


@server
class Ssh(Server):
    addresses_from_to = (1, 2)

    def prepare(self):
        self.tcp_port = self.port(22, 22, 2222)
        (self.dir / "in").mkdir()

    def launch(self):
        if not PRIVILEGE_SEPARATION.is_dir():  # sshd wants this empty folder
            PRIVILEGE_SEPARATION.mkdir()
            self.lab.to_remove.append(PRIVILEGE_SEPARATION)
        for name in ("host_key", "user_key"):
            call("ssh-keygen", "-q", "-t", self.draw.choice(["ed25519", "ecdsa"]), "-N", "", "-f", str(self.dir / name))
        shutil.copy(self.dir / "user_key.pub", self.dir / "authorized_keys")
        (self.dir / "sshd_config").write_text(
            f"Port {self.tcp_port}\nHostKey {self.dir}/host_key\nAuthorizedKeysFile {self.dir}/authorized_keys\nPidFile none\nUsePAM no\n"
            "StrictModes no\nPasswordAuthentication no\nPermitRootLogin prohibit-password\nPermitTTY no\nSubsystem sftp internal-sftp\nMaxStartups 50\n")
        self.start(shutil.which("sshd"), "-D", "-e", "-f", self.dir / "sshd_config")
        self.await_port(self.tcp_port)

    def options(self):
        return ["-q", "-i", self.dir / "user_key", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "ConnectTimeout=10"]


@server
class Ftp(Server):
    def prepare(self):
        self.tcp_port = self.port(21, 21, 2121)
        (self.dir / "ftp" / "pub").mkdir(parents=True)
        (self.dir / "ftp" / "incoming").mkdir()
        for n in range(1, 9):
            (self.dir / "ftp" / "pub" / f"file{n}.bin").write_bytes(self.draw.randbytes(round(2000 * 2 ** self.draw.uniform(0, 9))))

    def launch(self):
        certificate(self.dir, ["ftp.lab.test"])
        shutil.chown(self.dir / "ftp" / "incoming", "ftp")
        (self.dir / "vsftpd.conf").write_text(f"""listen=YES
background=NO
listen_port={self.tcp_port}
anonymous_enable=YES
no_anon_password=YES
anon_root={self.dir}/ftp
anon_upload_enable=YES
anon_umask=022
write_enable=YES
seccomp_sandbox=NO
isolate_network=NO
connect_from_port_20={self.draw.choice(["YES", "NO"])}
secure_chroot_dir={self.dir}/ftp/pub
ssl_enable=YES
allow_anon_ssl=YES
require_ssl_reuse=NO
rsa_cert_file={self.dir}/cert.pem
rsa_private_key_file={self.dir}/key.pem
""")
        self.start("vsftpd", self.dir / "vsftpd.conf")
        self.await_port(self.tcp_port)


@server
class Srt(Server):
    """Each broadcast gets a receiver of its own, which its session starts."""

    def launch(self):
        pass


@server
class Mail(Server):
    only_other = True

    def prepare(self):
        self.tcp_port = self.port(25, 25, 587)

    def launch(self):
        self.start("/usr/bin/python3", "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Sink", "-l", f"0.0.0.0:{self.tcp_port}")
        self.await_port(self.tcp_port)


@server
class Ntp(Server):
    only_other = True

    def launch(self):
        (self.dir / "chrony.conf").write_text("local stratum 5\nallow all\ncmdport 0\npidfile " + str(self.dir / "pid") + "\n")
        self.start("chronyd", "-d", "-x", "-u", "root", "-f", self.dir / "chrony.conf")
        self.await_port(123, "u")

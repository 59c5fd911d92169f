"""Certificates for the tests, made with the `openssl` command."""

from __future__ import annotations

import subprocess
from pathlib import Path


class Authority:
    """A certificate authority of its own; `certificate` is its own one."""

    def __init__(self, directory: Path, name: str):
        self.directory, self.certificate = directory, directory / f"{name}.pem"
        self._key = directory / f"{name}.key"
        _openssl("req", "-x509", *NEW_KEY, "-days", "2", "-subj", f"/CN={name}", "-keyout", self._key,
                 "-out", self.certificate)

    def issue(self, name: str, alternative_name: str) -> Path:
        """A certificate for that name, such as `IP:127.0.0.1`, and its key, in one file."""
        key, request, extensions, signed, both = (
            self.directory / f"{name}.{kind}" for kind in ("key", "csr", "ext", "crt", "pem"))
        _openssl("req", *NEW_KEY, "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        extensions.write_text(f"subjectAltName={alternative_name}")
        _openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial",
                 "-days", "2", "-extfile", extensions, "-out", signed)
        both.write_text(signed.read_text() + key.read_text())
        return both


NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def _openssl(*arguments: object) -> None:
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr

"""A door before the test broker that asks for TLS and credentials: `secure_door.py PORT BROKER_PORT`, both on loopback.

The test broker knows neither. Options: `--certificate PEM` (chain and key), `--client-ca PEM` (clients must have a certificate
of this authority), `--user NAME --password WORD` (SASL, PLAIN or SCRAM-SHA-256), `--deny group|transactional-id`.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import hmac
import os
import socket
import ssl
import struct
import threading
from enum import IntEnum

from fetch_repair import HOST, Connection, Cursor, frames, read_request, send

ITERATIONS = 4096


class Api(IntEnum):
    """The kinds of request that the door itself answers or changes the answer of."""

    FIND_COORDINATOR = 10
    SASL_HANDSHAKE = 17
    API_VERSIONS = 18
    SASL_AUTHENTICATE = 36


class Error(IntEnum):
    """Kafka's error codes."""

    GROUP_AUTHORIZATION_FAILED = 30
    UNSUPPORTED_SASL_MECHANISM = 33
    TRANSACTIONAL_ID_AUTHORIZATION_FAILED = 53
    SASL_AUTHENTICATION_FAILED = 58


# By the kind of coordinator that is asked for.
REFUSALS = {"group": (0, Error.GROUP_AUTHORIZATION_FAILED),
            "transactional-id": (1, Error.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)}


class Refused(Exception):
    """The credentials are wrong."""


class Plain:
    """RFC 4616."""

    def __init__(self, user: str, password: str):
        self.expected = f"\0{user}\0{password}".encode()

    def answer(self, message: bytes) -> tuple[bytes, bool]:
        """What is said to the client's message, and whether that was all."""
        if not hmac.compare_digest(message[message.index(0):], self.expected):
            raise Refused
        return b"", True


class Scram:
    """The server's side of RFC 5802 with SHA-256."""

    def __init__(self, user: str, password: str):
        self.user, self.salt = user, os.urandom(16)
        self.salted = hashlib.pbkdf2_hmac("sha256", password.encode(), self.salt, ITERATIONS)
        self.said = b""

    def answer(self, message: bytes) -> tuple[bytes, bool]:
        """What is said to the client's message, and whether that was all."""
        if not self.said:
            bare = message.split(b",", 2)[2]
            fields = dict(part.split(b"=", 1) for part in bare.split(b","))
            if fields[b"n"].decode() != self.user:
                raise Refused
            self.nonce = fields[b"r"] + base64.b64encode(os.urandom(12))
            first = b"r=%s,s=%s,i=%d" % (self.nonce, base64.b64encode(self.salt), ITERATIONS)
            self.said = bare + b"," + first
            return first, False
        without_proof, proof = message.rsplit(b",p=", 1)
        said = self.said + b"," + without_proof
        client_key = self._mac(self.salted, b"Client Key")
        signature = self._mac(hashlib.sha256(client_key).digest(), said)
        if bytes(a ^ b for a, b in zip(client_key, signature, strict=True)) != base64.b64decode(proof):
            raise Refused
        verifier = self._mac(self._mac(self.salted, b"Server Key"), said)
        return b"v=" + base64.b64encode(verifier), True

    @staticmethod
    def _mac(key: bytes, text: bytes) -> bytes:
        return hmac.new(key, text, "sha256").digest()


MECHANISMS = {b"PLAIN": Plain, b"SCRAM-SHA-256": Scram}


class Door(Connection):
    """One client's connection: nothing passes but the question for versions before the client has shown who it is."""

    def __init__(self, client: socket.socket, options: argparse.Namespace):
        super().__init__(client, options.port, options.broker_port, 0)
        self.options = options
        self.asked: dict[int, int] = {}

    def pass_requests(self) -> None:
        is_known, mechanism = self.options.user is None, None
        for frame in frames(self.client):
            correlation, request = read_request(frame)
            body = Cursor(frame, 8)
            body.text()  # client id
            match request.api:
                case Api.SASL_HANDSHAKE:
                    mechanism, answer = self._handshake(body.text())
                case Api.SASL_AUTHENTICATE:
                    answer, is_known = self._authenticate(mechanism, body.blob())
                case api if is_known or api == Api.API_VERSIONS:
                    if api == Api.FIND_COORDINATOR:
                        body.text()
                        self.asked[correlation] = body.take("b") if request.version else 0
                    self.open[correlation] = request
                    send(self.broker, frame)
                    continue
                case _:
                    return
            send(self.client, struct.pack(">i", correlation) + answer)

    def _handshake(self, name: bytes):
        names = b"".join(struct.pack(">h", len(name)) + name for name in MECHANISMS)
        known = MECHANISMS.get(name)
        error = 0 if known else Error.UNSUPPORTED_SASL_MECHANISM
        mechanism = known and known(self.options.user, self.options.password)
        return mechanism, struct.pack(">hi", error, len(MECHANISMS)) + names

    @staticmethod
    def _authenticate(mechanism, message: bytes) -> tuple[bytes, bool]:
        try:
            said, is_all = mechanism.answer(message)
        except Refused:
            text = b"Authentication failed: wrong user or password"
            return struct.pack(">hh", Error.SASL_AUTHENTICATION_FAILED, len(text)) + text + struct.pack(">i", 0), False
        return struct.pack(">hhi", 0, -1, len(said)) + said, is_all

    def pass_answers(self) -> None:
        for frame in frames(self.broker):
            correlation = struct.unpack_from(">i", frame)[0]
            request = self.open.pop(correlation)
            frame = self.repaired(frame, request)
            if request.api == Api.API_VERSIONS and self.options.user is not None:
                frame = with_sasl(frame, request.version)
            if request.api == Api.FIND_COORDINATOR and self.options.deny:
                kind, error = REFUSALS[self.options.deny]
                if self.asked.pop(correlation) == kind:
                    # Behind the correlation id and, since version 1, the throttle time.
                    at = 4 + (4 if request.version else 0)
                    frame = frame[:at] + struct.pack(">h", error) + frame[at + 2:]
            send(self.client, frame)


def with_sasl(frame: bytes, version: int) -> bytes:
    """The ApiVersions answer with the two requests of SASL among those on offer."""
    cursor = Cursor(frame, 6)
    is_flexible = version >= 3
    count = cursor.varint() - 1 if is_flexible else cursor.take("i")
    assert count < 100, "a longer count would take another byte"
    head = frame[:6] + (bytes([count + 3]) if is_flexible else struct.pack(">i", count + 2))
    tail = b"\0" if is_flexible else b""
    added = struct.pack(">hhh", Api.SASL_HANDSHAKE, 0, 1) + tail + struct.pack(">hhh", Api.SASL_AUTHENTICATE, 0, 0) + tail
    return head + added + frame[cursor.at:]


async def terminate_tls(options: argparse.Namespace, inner_port: int) -> None:
    """Takes TLS off what comes in at the port, and passes it to the inner one."""
    context = None
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate)
        if options.client_ca:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(options.client_ca)

    async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(1 << 16):
                target.write(data)
                await target.drain()
        except OSError:
            pass
        finally:
            target.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection(HOST.decode(), inner_port)
        await asyncio.gather(pump(reader, inner_writer), pump(inner_reader, writer))

    server = await asyncio.start_server(serve, HOST.decode(), options.port, ssl=context)
    async with server:
        await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("broker_port", type=int)
    parser.add_argument("--deny", choices=REFUSALS)
    for name in ("--certificate", "--client-ca", "--user", "--password"):
        parser.add_argument(name)
    options = parser.parse_args()
    inner = socket.create_server((HOST.decode(), 0), backlog=128)

    def accept() -> None:
        while True:
            client, _ = inner.accept()
            try:
                Door(client, options).run()
            except OSError:
                client.close()

    threading.Thread(target=accept, daemon=True).start()
    asyncio.run(terminate_tls(options, inner.getsockname()[1]))


if __name__ == "__main__":
    main()

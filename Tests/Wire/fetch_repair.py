"""A proxy that repairs one defect of the test broker: `fetch_repair.py LISTEN_PORT BROKER_PORT`, both on loopback.

With a third argument it holds every Produce request back for so many milliseconds, which makes the broker a slow one.

A read-committed Fetch answer lists the aborted transactions that reach into it, and a client skips a producer's
records from the start of such a transaction to its abort marker. The test broker goes on to list a transaction for
ever, so that a client whose position is behind the marker skips everything that this producer ever commits. Here
stale entries are taken out of Fetch answers. All else passes as it is, but for the port by which the broker says it
can be reached, and the Fetch versions on offer, which are cut to the ones that this file can read.
"""

from __future__ import annotations

import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum


class Api(IntEnum):
    """The kinds of request that are looked into."""

    PRODUCE = 0
    FETCH = 1
    METADATA = 3
    FIND_COORDINATOR = 10
    API_VERSIONS = 18


NEWEST_FETCH = 11
HOST = b"127.0.0.1"


@dataclass
class Cursor:
    """Reads big-endian fields one after the other."""

    data: bytes
    at: int = 0

    def take(self, layout: str) -> int:
        (value,) = struct.unpack_from(">" + layout, self.data, self.at)
        self.at += struct.calcsize(">" + layout)
        return value

    def text(self) -> bytes:
        length = max(0, self.take("h"))
        self.at += length
        return self.data[self.at - length : self.at]

    def blob(self) -> bytes:
        length = max(0, self.take("i"))
        self.at += length
        return self.data[self.at - length : self.at]

    def varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.take("B")
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value


@dataclass(frozen=True)
class Request:
    """What of a request is needed to understand its answer."""

    api: int
    version: int
    offsets: dict[tuple[bytes, int], int] = field(default_factory=dict)


def read_request(frame: bytes) -> tuple[int, Request]:
    """The correlation id and the request; a Fetch with the offset that it asks for, by partition."""
    cursor = Cursor(frame)
    api, version, correlation = cursor.take("h"), cursor.take("h"), cursor.take("i")
    offsets = {}
    if api == Api.FETCH:
        cursor.text()  # client id
        cursor.at += 4 + 4 + 4 + 4 + 1 + 4 + 4  # replica, wait, least and most bytes, isolation, session, its epoch
        for _ in range(cursor.take("i")):
            topic = cursor.text()
            for _ in range(cursor.take("i")):
                partition, _, offset = cursor.take("i"), cursor.take("i"), cursor.take("q")
                offsets[topic, partition] = offset
                cursor.at += 8 + 4  # log start, most bytes
    return correlation, Request(api, version, offsets)


def repair_fetch(frame: bytes, request: Request) -> bytes:
    """The answer without the aborted transactions that ended before the offset asked for."""
    cursor, out, copied = Cursor(frame), bytearray(), 0
    cursor.at += 4 + 4 + 2 + 4  # correlation, throttle, error, session
    for _ in range(cursor.take("i")):
        topic = cursor.text()
        for _ in range(cursor.take("i")):
            partition = cursor.take("i")
            cursor.at += 2 + 8 + 8 + 8  # error, high watermark, last stable offset, log start
            start = cursor.at
            aborted = [(cursor.take("q"), cursor.take("q")) for _ in range(cursor.take("i"))]
            end = cursor.at
            cursor.at += 4  # preferred replica
            records = cursor.blob()
            kept = relevant(aborted, request.offsets[topic, partition], records)
            if aborted:
                out += frame[copied:start] + struct.pack(">i", len(kept))
                out += b"".join(struct.pack(">qq", *entry) for entry in kept)
                copied = end
    return bytes(out + frame[copied:])


def relevant(aborted: list[tuple[int, int]], position: int, records: bytes) -> list[tuple[int, int]]:
    """Of the aborted transactions (producer, first offset) those that reach to `position` or beyond.

    One that began before `position` does so when the producer's next marker is an abort, and no later transaction of
    the list is what that marker ends.
    """
    markers = dict(reversed([found for found in markers_of(records) if found[1][0] >= position]))
    kept = []
    for producer, first in aborted:
        if first < position:
            offset, is_abort = markers.get(producer, (0, False))
            if not is_abort or any(other == producer and first < begin <= offset for other, begin in aborted):
                continue
        kept.append((producer, first))
    return kept


def markers_of(records: bytes) -> Iterator[tuple[int, tuple[int, bool]]]:
    """Each transaction marker: the producer, its offset, whether it aborts."""
    at = 0
    while at + 61 <= len(records):
        base, length = struct.unpack_from(">qi", records, at)
        if at + 12 + length > len(records):
            return
        (attributes,) = struct.unpack_from(">h", records, at + 21)
        (producer,) = struct.unpack_from(">q", records, at + 43)
        if attributes & 0x20:
            record = Cursor(records, at + 61)
            record.varint()  # length
            record.take("B")  # attributes
            for _ in range(3):  # timestamp, offset, length of the key
                record.varint()
            record.take("h")  # version of the key
            yield producer, (base, record.take("h") == 0)
        at += 12 + length


def cut_fetch_versions(frame: bytes, request: Request) -> bytes:
    """The ApiVersions answer with no newer Fetch than this file reads."""
    cursor = Cursor(frame, 4)
    if cursor.take("h"):
        return frame
    flexible = request.version >= 3
    count = cursor.varint() - 1 if flexible else cursor.take("i")
    out = bytearray(frame)
    for _ in range(count):
        api, _, newest = cursor.take("h"), cursor.take("h"), cursor.take("h")
        if api == Api.FETCH:
            struct.pack_into(">h", out, cursor.at - 2, min(newest, NEWEST_FETCH))
        if flexible:
            cursor.varint()
    return bytes(out)


class Connection:
    """One client's connection and the one to the broker that stands for it."""

    def __init__(self, client: socket.socket, listen_port: int, broker_port: int, produce_delay_ms: int):
        self.client, self.produce_delay_ms = client, produce_delay_ms
        self.broker = socket.create_connection((HOST.decode(), broker_port))
        for end in (self.client, self.broker):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reached_at = [HOST + struct.pack(">i", port) for port in (broker_port, listen_port)]
        self.open: dict[int, Request] = {}

    def run(self) -> None:
        """Passes frames in both directions until one side hangs up."""
        for job in (self.pass_requests, self.pass_answers):
            threading.Thread(target=self.until_closed, args=(job,), daemon=True).start()

    def until_closed(self, job) -> None:
        try:
            job()
        except OSError:
            pass
        finally:
            for end in (self.client, self.broker):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def pass_requests(self) -> None:
        for frame in frames(self.client):
            correlation, request = read_request(frame)
            self.open[correlation] = request
            if request.api == Api.PRODUCE:
                time.sleep(self.produce_delay_ms / 1000)
            send(self.broker, frame)

    def pass_answers(self) -> None:
        for frame in frames(self.broker):
            request = self.open.pop(struct.unpack_from(">i", frame)[0], Request(-1, 0))
            send(self.client, self.repaired(frame, request))

    def repaired(self, frame: bytes, request: Request) -> bytes:
        """The answer to the request as the client is to see it."""
        match request.api:
            case Api.FETCH:
                return repair_fetch(frame, request)
            case Api.METADATA | Api.FIND_COORDINATOR:
                return frame.replace(*self.reached_at)
            case Api.API_VERSIONS:
                return cut_fetch_versions(frame, request)
        return frame


def frames(source: socket.socket) -> Iterator[bytes]:
    """The frames of a connection: a length, and so many bytes."""
    stream = source.makefile("rb")
    while len(head := stream.read(4)) == 4:
        yield stream.read(struct.unpack(">i", head)[0])


def send(target: socket.socket, frame: bytes) -> None:
    target.sendall(struct.pack(">i", len(frame)) + frame)


def main(listen_port: int, broker_port: int, produce_delay_ms: int = 0) -> None:
    with socket.create_server((HOST.decode(), listen_port), backlog=128) as server:
        while True:
            client, _ = server.accept()
            try:
                Connection(client, listen_port, broker_port, produce_delay_ms).run()
            except OSError:
                # The broker is down: so is the connection.
                client.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

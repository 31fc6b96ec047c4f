#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""What fills the link beside a call: file transfers, web pages, a flood of datagrams. A server and a client of each.

usage: load.py ROLE ADDRESS:PORT --gate FOLDER OPTION...
       bulk-serve --bytes LOW-HIGH              sends a file to whoever connects; 0 = until they hang up
       bulk-fetch TIMES --flows N               so many transfers at a time, one after another
       web-serve                                GET /N answers with N bytes
       web-fetch TIMES --bytes LOW-HIGH --every MS
                                                a page on a connection of its own every so often, whether or not those
                                                before have come
       flood TIMES --from ADDRESS:PORT --rate LOW-HIGH --bytes LOW-HIGH [--flows N --over S]
                                                datagrams at a steady rate, in Mbit/s; several flows have one port after
                                                another and start one after another in S
       flood-sink TIMES
  --gate     where to say that this is ready, and to be told when the experiment begins (gate.py)
  TIMES      --at S --seconds S: when after that, and for how long
  --seed     of what is drawn: sizes and rates
  --log      of a client: CSV. Bulk and flood: time,bytes (payload that arrived in each 0.1 s); web: time,seconds
             (from connecting to the last byte, empty where it never came). time is seconds after the start

TCP is CUBIC whatever the machine's default is: it fills queues, as most senders do.
"""
import argparse
import random
import socket
import sys
import threading
import time

import gate

BIN_S = 0.1
PATIENCE_S = 5


def until(moment):
    time.sleep(max(0.0, moment - time.time()))


def begin(options):
    options.start = gate.wait(options.gate) + options.at


class Counter:
    """Bytes by tenths of a second."""

    def __init__(self, options):
        self.start, self.end = options.start, options.start + options.seconds
        self.bins = [0] * (int(options.seconds / BIN_S) + 1)
        self.lock = threading.Lock()

    def add(self, count):
        place = int((time.time() - self.start) / BIN_S)
        if 0 <= place < len(self.bins):
            with self.lock:
                self.bins[place] += count

    def rows(self):
        return "time,bytes\n" + "".join(f"{place * BIN_S:.1f},{count}\n" for place, count in enumerate(self.bins))


def bulk_serve(options):
    def send(connection):
        left = random.randint(*options.bytes) or sys.maxsize
        block = bytes(65536)
        try:
            while left > 0:
                left -= connection.send(block[:left])
        except OSError:
            pass  # they hung up
        connection.close()

    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"cubic")  # its connections inherit it
    listener.bind(options.address)
    listener.listen(64)
    gate.ready(options.gate)
    while True:
        threading.Thread(target=send, args=(listener.accept()[0],), daemon=True).start()


def bulk_fetch(options):
    begin(options)
    counter = Counter(options)

    def fetch(_):
        while time.time() < counter.end:
            try:
                fetch_one()
            except OSError:
                time.sleep(BIN_S)  # nobody there, or nothing came for too long: once more

    def fetch_one():
        with socket.create_connection(options.address, timeout=PATIENCE_S) as connection:
            while time.time() < counter.end:
                count = len(connection.recv(262144))
                if not count:
                    return
                counter.add(count)

    until(options.start)
    in_parallel(fetch, options.flows)
    return counter.rows()


def in_parallel(work, times):
    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def web_serve(options):
    import http.server  # here, because the other roles start in half the time without it

    class Pages(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = bytes(int(self.path[1:]))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            try:
                self.end_headers()
                self.wfile.write(body)
            except ConnectionError:  # the measurement ended in the middle of a page
                self.close_connection = True

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(options.address, Pages, bind_and_activate=False)
    server.daemon_threads = True
    server.request_queue_size = 64
    server.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"cubic")
    server.server_bind()
    server.server_activate()
    gate.ready(options.gate)
    server.serve_forever()


def web_fetch(options):
    import http.client

    begin(options)
    results = []

    def fetch(began):
        page = http.client.HTTPConnection(*options.address, timeout=PATIENCE_S)
        took = ""
        try:
            asked = time.monotonic()
            size = random.randint(*options.bytes)
            page.request("GET", f"/{size}")
            if len(page.getresponse().read()) == size:
                took = f"{time.monotonic() - asked:.6f}"
        except (OSError, http.client.HTTPException):
            pass
        page.close()
        results.append((began, took))

    threads = []
    for number in range(int(options.seconds * 1000 / options.every)):
        began = number * options.every / 1000
        until(options.start + began)
        threads.append(threading.Thread(target=fetch, args=(began,), daemon=True))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return "time,seconds\n" + "".join(f"{began:.3f},{took}\n" for began, took in sorted(results))


def flood(options):
    def send(number):
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender.bind((options.source[0], options.source[1] + number))
        to = (options.address[0], options.address[1] + number)
        payload = bytes(random.randint(*options.bytes))
        gap = len(payload) * 8 / (random.uniform(*options.rate) * 1e6)
        start = options.start + options.over * number / options.flows
        for packet in range(int(options.seconds / gap)):
            until(start + packet * gap)
            sender.sendto(payload, to)

    begin(options)
    in_parallel(send, options.flows)


def flood_sink(options):
    sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sink.bind(options.address)
    sink.settimeout(0.2)
    begin(options)
    counter = Counter(options)
    while time.time() < counter.end:
        try:
            counter.add(len(sink.recv(65536)))
        except TimeoutError:
            pass
    return counter.rows()


ROLES = {"bulk-serve": bulk_serve, "bulk-fetch": bulk_fetch, "web-serve": web_serve, "web-fetch": web_fetch,
         "flood": flood, "flood-sink": flood_sink}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("role", choices=ROLES)
    parser.add_argument("address", type=gate.ends)
    parser.add_argument("--gate", required=True)
    parser.add_argument("--at", type=float, default=0)
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("--from", dest="source", type=gate.ends)
    parser.add_argument("--flows", type=int, default=1)
    parser.add_argument("--bytes", type=gate.span, default=(0, 0))
    parser.add_argument("--every", type=float, default=200)
    parser.add_argument("--rate", type=gate.span, default=(15, 15))
    parser.add_argument("--over", type=float, default=0)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--log")
    options = parser.parse_args()
    random.seed(options.seed)
    rows = ROLES[options.role](options)
    if options.log:
        with open(options.log, "w") as log:
            log.write(rows)


main()

#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""A web chat: the server passes on what anybody in a room says; a client types as a person does.

usage: web_chat.py serve PORT CERTIFICATE KEY
       web_chat.py join URL ROOM SEED PACE SHOW_TYPING
"""
import asyncio
import json
import random
import ssl
import sys

import websockets

from chatter import Chatter

rooms = {}


async def serve(port, certificate, key):
    async def member(socket, path):
        room = rooms.setdefault(path, set())
        room.add(socket)
        try:
            async for message in socket:
                websockets.broadcast(room - {socket}, message)
        finally:
            room.discard(socket)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    async with websockets.serve(member, "0.0.0.0", int(port), ssl=context, max_size=None, ping_interval=random.choice([5, 20, 30])):
        await asyncio.Future()


async def join(url, room, seed, pace, show_typing):
    person, context = Chatter(seed, float(pace)), ssl._create_unverified_context()

    async def listen(socket):
        async for _ in socket:
            pass
    async with websockets.connect(f"{url}/{room}", ssl=context, max_size=None) as socket:
        asyncio.ensure_future(listen(socket))
        while True:
            await asyncio.sleep(person.waiting_s())
            line = person.line()
            if show_typing == "yes":
                await socket.send(json.dumps({"typing": seed}))
            await asyncio.sleep(person.typing_s(line))
            await socket.send(json.dumps({"from": seed, "text": line}))
            picture = person.picture()
            if picture:
                await socket.send(picture)


asyncio.run({"serve": serve, "join": join}[sys.argv[1]](*sys.argv[2:]))

#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""An XMPP user who writes to another, or to a room, as a person does.

usage: xmpp_chat.py ADDRESS PORT USER OTHER SEED PACE [tls] [typing] [room] [pictures]
"""
import asyncio
import io
import logging
import ssl
import sys

import slixmpp

from chatter import Chatter

address, port, user, other, seed, pace, *wishes = sys.argv[1:]
DOMAIN = "chat.lab.test"
logging.basicConfig(level=logging.ERROR)


class Person(slixmpp.ClientXMPP):
    def __init__(self):
        super().__init__(f"{user}@{DOMAIN}/{seed}", "secret")
        self.chatter = Chatter(seed, float(pace))
        for plugin in ("xep_0030", "xep_0045", "xep_0085", "xep_0199", "xep_0363"):
            self.register_plugin(plugin)
        self.add_event_handler("session_start", self.begin)
        self["feature_mechanisms"].unencrypted_plain = True

    async def begin(self, _):
        self.send_presence()
        await self.get_roster()
        if "room" in wishes:
            room = f"{other}@rooms.{DOMAIN}"
            await self.plugin["xep_0045"].join_muc_wait(room, user, timeout=20)
            await self.talk(room, "groupchat")
        else:
            await self.talk(f"{other}@{DOMAIN}", "chat")

    async def talk(self, whom, kind):
        while True:
            await asyncio.sleep(self.chatter.waiting_s())
            line = self.chatter.line()
            if "typing" in wishes and kind == "chat":
                typing = self.make_message(whom, mtype=kind)
                typing["chat_state"] = "composing"
                typing.send()
            await asyncio.sleep(self.chatter.typing_s(line))
            self.send_message(whom, line, mtype=kind)
            picture = self.chatter.picture()
            if picture and "pictures" in wishes:
                # The share wants to know the size before it says where to put it.
                link = await self["xep_0363"].upload_file("picture.jpg", size=len(picture), input_file=io.BytesIO(picture), domain=f"files.{DOMAIN}", timeout=20)
                self.send_message(whom, link, mtype=kind)


person = Person()
person.ssl_context.check_hostname = False
person.ssl_context.verify_mode = ssl.CERT_NONE
person.connect((address, int(port)), disable_starttls="tls" not in wishes)
person.process(forever=True)

# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""What people write to each other, and when: shared by the lab's chat clients."""
import random

WORDS = "yes no ok well so the a to is it you we they see later now then maybe tomorrow there here thanks sure lol what when why really nice".split()


class Chatter:
    """A person: short lines in runs, then a wait for the other side, sometimes something long, sometimes a picture."""

    def __init__(self, seed, pace):
        self.draw, self.pace = random.Random(seed), pace

    def line(self):
        count = self.draw.choice([1, 2, 3, 5, 8, 12]) if self.draw.random() < 0.93 else self.draw.randrange(30, 250)
        return " ".join(self.draw.choice(WORDS) for _ in range(count))

    def typing_s(self, line):
        """How long the line takes to type."""
        return min(6.0, 0.3 + len(line) * self.draw.uniform(0.03, 0.12)) * self.pace

    def waiting_s(self):
        """How long until the next one: mostly soon, sometimes after a while."""
        return self.pace * (self.draw.uniform(0.1, 2) if self.draw.random() < 0.6 else self.draw.uniform(2, 9))

    def picture(self):
        """A picture's bytes, now and then; otherwise None."""
        return random.randbytes(round(8000 * 2 ** self.draw.uniform(0, 5))) if self.draw.random() < 0.08 else None

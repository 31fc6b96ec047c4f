# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Ground truth: which application a user's namespace ran, with whom, and when."""
import threading
import time

HEADER = "capture,protocol,src_ip,src_port,dst_ip,dst_port,start,end,label"
# A flow gets the label of a row whose time it overlaps, so two labels of one pair of addresses stay this far apart.
GUARD_S = 14.0
# A session's last packets come after its programs have ended: a server goes on for a while. What comes on the pair until
# it is used for something else belongs to it, for at most AFTER_S.
BEFORE_S, AFTER_S = 0.3, 60.0


class Ledger:
    """Books every session on its pairs of addresses; two labels never share a pair at a time, so rows cannot overlap."""

    def __init__(self):
        self._lock, self._booked = threading.Lock(), {}  # (user, peer): [[label, start, end or None]]

    def reserve(self, pairs, label):
        """Books the pairs for the label from now on; False where another label has one, or had it just now."""
        now = time.time()
        with self._lock:
            for pair in pairs:
                for other, _, end in self._booked.get(pair, []):
                    if other != label and (end is None or end > now - GUARD_S):
                        return False
            for pair in pairs:
                self._booked.setdefault(pair, []).append([label, now, None])
        return True

    def release(self, pairs, label):
        with self._lock:
            for pair in pairs:
                entry = next(e for e in self._booked[pair] if e[0] == label and e[2] is None)
                entry[2] = time.time()

    def rows(self):
        """(user, peer, start, end, label) in order of time; sessions of one label on one pair that touch are one row."""
        rows = []
        for (user, peer), entries in self._booked.items():
            merged = []
            for label, start, end in sorted(entries, key=lambda e: e[1]):
                others = [e[1] for e in entries if e[0] != label and e[1] > start]
                start, end = start - BEFORE_S, min([(end or time.time()) + AFTER_S] + [o - 2 * BEFORE_S for o in others])
                if merged and merged[-1][0] == label and start <= merged[-1][2]:
                    merged[-1][2] = max(merged[-1][2], end)
                else:
                    merged.append([label, start, end])
            rows += [(user, peer, start, end, label) for label, start, end in merged]
        return sorted(rows, key=lambda r: (r[2], r[0], r[1]))

    def write(self, path, capture, always_other):
        """The ground truth of one capture. `always_other`: addresses of servers that only ever are background."""
        with open(path, "w") as out:
            print(HEADER, file=out)
            for user, peer, start, end, label in self.rows():
                for protocol in ("TCP", "UDP"):
                    print(f"{capture},{protocol},{user},,{peer},,{start:.6f},{end:.6f},{label}", file=out)
            for address in always_other:
                for protocol in ("TCP", "UDP"):
                    print(f"{capture},{protocol},,,{address},,,,Other", file=out)
            print(f"{capture},ICMP,,,,,,,Other", file=out)

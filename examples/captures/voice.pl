#!/usr/bin/perl
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Writes the pcap of one side of a conversation for sipp's play_pcap_audio: RTP of any codec, with pauses in speech.
#
# voice.pl FILE SEED SIDE DURATION_MS PTIME_MS MIN_BYTES MAX_BYTES SILENCE PAYLOAD_TYPE
#   SIDE 0 or 1: with the same SEED the two sides take turns, as people do.
#   SILENCE send: packets all the time; drop: none while the other side speaks; comfort: a small one now and then (RFC 3389).
use strict;
use warnings;

my ($file, $seed, $side, $duration, $ptime, $min, $max, $silence, $payload_type) = @ARGV;
die "usage: voice.pl FILE SEED SIDE DURATION_MS PTIME_MS MIN_BYTES MAX_BYTES SILENCE PAYLOAD_TYPE\n" unless defined $payload_type;

srand $seed;
my @turn_ends;
for (my $at = 0; $at < $duration;) { push @turn_ends, $at += 300 + int rand 2200 }

sub speaking { my $at = shift; my $turn = grep { $_ <= $at } @turn_ends; return $turn % 2 == $side }

open my $out, '>:raw', $file or die "$file: $!\n";
print $out pack 'VvvVVVV', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1;
my ($sequence, $last_comfort) = (1, -1e9);
for (my $at = 0; $at < $duration; $at += $ptime) {
    my $bytes = $min + int rand($max - $min + 1);
    if ($silence ne 'send' && !speaking($at)) {
        next if $silence eq 'drop' || $at - $last_comfort < 180;
        ($bytes, $last_comfort) = (2, $at);
    }
    my $rtp = pack('CCnNN', 0x80, $payload_type, $sequence++, 8 * $at, 0x77656972) . "\x55" x $bytes;
    my $udp = pack('nnnn', 4000, 4000, 8 + length $rtp, 0) . $rtp;
    my $ip = pack('CCnnnCCna4a4', 0x45, 0, 20 + length $udp, 0, 0, 64, 17, 0, "\x0a\0\0\1", "\x0a\0\0\2") . $udp;
    my $frame = pack('H12H12n', '020000000002', '020000000001', 0x0800) . $ip;
    print $out pack('VVVV', int($at / 1000), 1000 * ($at % 1000), length $frame, length $frame), $frame;
}
close $out or die "$file: $!\n";

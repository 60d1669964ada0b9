"""Keyed random numbers: every draw has an address, and the address alone makes its value.

The stream of a draw is a hash of (seed, member, station, group, day), so that results depend neither on threads nor
on clusters, a change at one station leaves every other draw as it was, and two scenarios share all that they have in
common. Stations and groups enter by a hash of their names: adding one moves no other.

The mixing function is the 64-bit finaliser of Stafford (variant 13), as in SplitMix64 (Steele, Lea and Flood 2014,
*Fast splittable pseudorandom number generators*). The i-th number of a stream is the mix of its key plus i times an
odd constant.
"""

from __future__ import annotations

import hashlib

import numpy as np

from vado.engine.kernel import kernel

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_DAY = np.uint64(0xD1342543DE82EF95)
_BRANCH = np.uint64(0xDB4F0B9175AE2165)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 2.0**-53


def name_key(name: str) -> np.uint64:
    """Return the key of a station, group or convoy: 64 bits of BLAKE2 of its name."""
    return np.uint64(int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little"))


@kernel
def mix(bits):
    """Return 64 well-mixed bits."""
    bits = (bits ^ (bits >> _30)) * _FIRST
    bits = (bits ^ (bits >> _27)) * _SECOND
    return bits ^ (bits >> _31)


@kernel
def member_key(seed, member):
    """Return the key of a member of an ensemble."""
    return mix(mix(np.uint64(seed) + _GOLDEN) ^ (np.uint64(member) * _DAY + _BRANCH))


@kernel
def station_key(member, name):
    """Return the key of a station within a member."""
    return mix(member ^ name)


@kernel
def day_key(station, day):
    """Return the key of a station's day; a group's key is added to it."""
    return mix(station + np.uint64(day) * _DAY)


@kernel
def branch(key, index):
    """Return the key of the index-th draw under a key, whose stream overlaps with no other's."""
    return key + np.uint64(index + 1) * _BRANCH


@kernel
def uniform(key, index):
    """Return the index-th number of a stream, uniform in the open interval (0, 1)."""
    return (np.float64(mix(key + np.uint64(index + 1) * _GOLDEN) >> _11) + 0.5) * _UNIT

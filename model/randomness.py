"""Counter-based randomness: every draw is a pure function of (seed, process, quarter, entity, index).

A draw mixes its coordinates with the finaliser of SplitMix64 (Steele, Lea and Flood 2014), one round for each
coordinate. Nothing is consumed, so one more draw, one more firm or another order of rows disturbs nobody.
"""

from enum import IntEnum
from math import exp, log, sqrt

import numpy as np

from alliancelab.agents.compiled import compiled

__all__ = ["Process", "binomial", "normal", "normal_quantile", "poisson", "stream", "uniform"]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_TO_UNIT = 1.0 / 9007199254740992.0  # 2**-53


class Process(IntEnum):
    """The places that draw; each has its own independent streams."""

    INITIAL = 1
    ENVIRONMENT = 2
    FIRMS = 3
    INITIATION = 4
    FIELD_CHOICE = 5
    INVITATION = 6
    CONTRACT = 7
    SIGHT = 8
    IDEAS = 9
    PROPOSALS = 10
    STAFFING = 11
    ASKING = 12
    PROJECT = 13
    WORK = 14
    RESULTS = 15
    QUITS = 16
    FATE = 17
    DISPUTES = 18
    EXITS = 19
    ENTRIES = 20
    DIFFUSION = 21
    ADOPTERS = 22
    LICENCES = 23
    VOTES = 24
    SELECTION = 25
    REVIEW = 26
    AUDIT = 27
    DIAGNOSIS = 28
    RESCUE = 29
    PLANNING = 30
    PAIRS = 31
    GUIDE = 32
    ASSESSMENT = 33
    REGISTRY = 34


@compiled
def mix(x):
    """Finaliser of SplitMix64: a bijection of 64-bit words without visible structure."""
    x = (x ^ (x >> _S30)) * _FIRST
    x = (x ^ (x >> _S27)) * _SECOND
    return x ^ (x >> _S31)


@compiled
def stream(seed, process, tick):
    """Open the stream of one process in one quarter: a 64-bit key."""
    key = mix(np.uint64(seed) + _GOLDEN)
    key = mix(key ^ (np.uint64(process) * _GOLDEN + np.uint64(1)))
    return mix(key ^ (np.uint64(tick) * _FIRST + np.uint64(2)))


@compiled
def word(key, entity, index):
    """64 random bits for an entity and an index in a stream."""
    return mix(mix(key ^ mix(np.uint64(entity) + _GOLDEN)) + np.uint64(index) * _GOLDEN)


@compiled
def uniform(key, entity, index):
    """Uniform draw in [0, 1)."""
    return np.float64(word(key, entity, index) >> _S11) * _TO_UNIT


@compiled
def normal_quantile(u):
    """Quantile of the standard normal distribution: algorithm AS 241, PPND7 (Wichura 1988), about seven digits."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        above = ((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179
        return q * above / (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1.0)
    r = sqrt(-log(u if q < 0.0 else 1.0 - u))
    if r <= 5.0:
        r -= 1.6
        z = ((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777
        z /= (0.12021132975 * r + 0.73700164250) * r + 1.0
    else:
        r -= 5.0
        z = ((0.017337203997 * r + 0.42868294337) * r + 3.0812263860) * r + 6.6579051150
        z /= (0.012258202635 * r + 0.24197894225) * r + 1.0
    return -z if q < 0.0 else z


@compiled
def normal(key, entity, index):
    """Standard normal draw by inversion: monotone in the uniform of the same coordinates, so paired runs stay close."""
    return normal_quantile(max(uniform(key, entity, index), 0.5 * _TO_UNIT))


@compiled
def poisson(mean, u):
    """Poisson count by inversion of one uniform: monotone in `mean`, so paired runs stay close."""
    if mean <= 0.0:
        return 0
    mean = min(mean, 500.0)  # exp(-500) is the last that inversion carries; no process comes near it
    term = exp(-mean)
    total = term
    count = 0
    while u > total and (count < mean or total + term > total):  # the sum may end a rounding below the luckiest u
        count += 1
        term *= mean / count
        total += term
    return count


@compiled
def binomial(trials, chance, u):
    """Binomial count by inversion of one uniform; from a mean of 200 on by its normal approximation's quantile."""
    if trials <= 0 or chance <= 0.0:
        return 0
    if chance >= 1.0:
        return trials
    if chance > 0.5:
        return trials - rarer(trials, 1.0 - chance, 1.0 - u)  # fewer terms, and none that underflows
    return rarer(trials, chance, u)


@compiled
def rarer(trials, chance, u):
    """Binomial count for a chance of at most one half."""
    mean = trials * chance
    if mean > 200.0:
        z = normal_quantile(min(max(u, 1e-12), 1.0 - 1e-12))
        skewed = (1.0 - 2.0 * chance) * (z * z - 1.0) / 6.0  # first term of Cornish and Fisher's expansion
        return int(min(max(mean + z * sqrt(mean * (1.0 - chance)) + skewed + 0.5, 0.0), trials * 1.0))
    ratio = chance / (1.0 - chance)
    term = exp(trials * log(1.0 - chance))
    total = term
    count = 0
    while u > total and count < trials and (count < mean or total + term > total):
        count += 1
        term *= ratio * (trials - count + 1) / count
        total += term
    return count

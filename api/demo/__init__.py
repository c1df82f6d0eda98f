"""
The demo county 云汐县: a fictional county with its truth, and the local site that serves it over real HTTP.

`county` tells its life as a stream of posts by simulated days: tests and benchmarks use it as it is. `site` serves such
a stream by a clock: `shelf` says how story time becomes wall time. `truth` scores what a run made of it. The texts are
in `phrases/`, the source manifests in `sources/`, the unit's settings in `unit/`. All of it is invented.
"""

"""Running a learner's notebook apart from everything else: a warm process that forks, and data on a socket.

frames        length-framed JSON and raw buffers; the only language spoken with the other side
job           what is asked (cells, cases, limits) and what comes back
sandbox       starting the other side, as far apart as this machine allows; probe tries to break out of it
client        our side: starts the other side and hands it submissions
conversation  our side of one submission: asks, collects, knows who broke it off
zygote        the other side: imports once, runs a little (warmup), then forks per submission and keeps watch over it
submission    in the fork: runs the cells; examine runs the cases, in a copy
namespaces    namespaces, private file systems and rights of a process; system_calls: which system calls it may make
confine       its limits; endings: what its end means
"""

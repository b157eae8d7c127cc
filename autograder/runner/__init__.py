"""Running a learner's notebook apart from everything else: a warm process that forks, and data on a socket.

frames      length-framed JSON and raw buffers; the only language spoken with the other side
job         what is asked (cells, cases, limits) and what comes back
sandbox     starting the other side, as far apart as this machine allows
client        our side: starts the other side and hands it submissions
zygote      the other side: imports once, then forks per submission
submission  in the fork: runs the cells, forks again for each exercise's cases
confine     limits and namespaces of a process
"""

"""A class on one page for its instructor: `grading/results/<lesson>.html`, written after `autograder grade`.

book      what counts: points, free text that waits, points given by hand, who hasn't handed in (from the gradebook)
findings  what the page says: distributions, frequent mistakes, who is stuck (pure)
render    findings as one self-contained HTML file
"""

"""`autograder prove`: do a lesson's cases tell right from wrong?"""

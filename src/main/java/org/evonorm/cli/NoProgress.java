package org.evonorm.cli;

/** The progress of a quiet command, which shows nothing. */
record NoProgress() implements Progress {

    @Override
    public void at(double done, String detail) {}

    @Override
    public void close() {}
}

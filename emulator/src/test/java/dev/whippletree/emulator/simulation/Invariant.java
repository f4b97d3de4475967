package dev.whippletree.emulator.simulation;

/** Something that must hold throughout a run. Says to {@link Facts} when it doesn't hold. */
interface Invariant extends RunObserver {}

package dev.whippletree.gateway;

/**
 * What a gateway goes on with once it is told to; until then nothing has changed. Immutable.
 *
 * @param takeOver goes on with it; never fails
 * @param needsRestart whether something else has changed as well, which takes effect after a restart
 */
public record PreparedReload(Runnable takeOver, boolean needsRestart) {}

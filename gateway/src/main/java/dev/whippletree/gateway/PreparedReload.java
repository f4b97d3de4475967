package dev.whippletree.gateway;

/**
 * The state that a gateway switches to when a reload takes effect; nothing has changed before. Immutable.
 *
 * @param takeOver goes on with it; never fails
 * @param needsRestart whether something else has changed as well, which takes effect after a restart
 */
public record PreparedReload(Runnable takeOver, boolean needsRestart) {}

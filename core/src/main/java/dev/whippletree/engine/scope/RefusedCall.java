package dev.whippletree.engine.scope;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A call that a limit has just refused. Immutable.
 *
 * @param use what the call uses of the scope that refused it
 * @param told how long the service said to wait, if it did
 * @param chance 0 to 1, for a pause of our own
 * @param usedUp the limit of which less was left than the call asks for, if the service said so
 * @param foundRoom whether the call began only because that limit seemed to have room for it
 * @param crowded whether how many calls were under way would explain the refusal
 */
record RefusedCall(
        ScopeUse use, OptionalLong told, double chance, Optional<Meter> usedUp, boolean foundRoom, boolean crowded) {}

package dev.whippletree.spi;

import dev.whippletree.model.Priority;
import dev.whippletree.model.Scope;

/** Receives notices from other processes. Doesn't block. */
public interface CoordinationListener {

    /** Another process has found a scope closed. */
    void closed(ScopeClosing closing);

    /** Another process has found a scope open that was closed for an unknown time. */
    void reopened(Scope scope);

    /**
     * A tenant's turns are asked for by another number of processes than before. So that it gets no more in several
     * processes than in one, each gives it that part of its weight.
     *
     * @param priority which of its turns
     * @param processes how many, this one included; 1 or more
     */
    default void spread(String tenant, Priority priority, int processes) {}
}

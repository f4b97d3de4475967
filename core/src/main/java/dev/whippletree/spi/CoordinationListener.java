package dev.whippletree.spi;

import dev.whippletree.model.Scope;

/** Receives notices from other processes. Doesn't block. */
public interface CoordinationListener {

    /** Another process has found a scope closed. */
    void closed(ScopeClosing closing);

    /** Another process has found a scope open that was closed for an unknown time. */
    void reopened(Scope scope);
}

package dev.whippletree.spi;

import dev.whippletree.model.Scope;

/** Hears what other processes tell. Doesn't block. */
public interface CoordinationListener {

    /** Another process has found a scope closed. */
    void closed(ScopeClosing closing);

    /** Another process has found a scope open that was closed for a time nobody knew. */
    void reopened(Scope scope);
}

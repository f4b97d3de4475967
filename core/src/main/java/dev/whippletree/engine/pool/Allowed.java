package dev.whippletree.engine.pool;

import dev.whippletree.model.Prompt;
import java.util.Optional;
import java.util.Set;

/**
 * The targets that a prompt itself allows, at any point of its way. Immutable.
 *
 * @param account the only account; absent: any
 * @param accounts ids of the only accounts; empty: any
 * @param model the only model; absent: any
 */
public record Allowed(Optional<String> account, Set<String> accounts, Optional<String> model) {

    /** Returns what a prompt allows. */
    public static Allowed by(Prompt prompt) {
        return new Allowed(prompt.account(), prompt.accounts(), prompt.model());
    }

    /** Returns whether it allows every target. */
    public boolean all() {
        return account.isEmpty() && accounts.isEmpty() && model.isEmpty();
    }

    /** Returns whether it allows a target. */
    public boolean has(Target target) {
        return hasAccount(target.account().id())
                && (model.isEmpty() || model.get().equals(target.model()));
    }

    /** Returns whether it allows an account. */
    boolean hasAccount(String id) {
        return (account.isEmpty() || account.get().equals(id)) && (accounts.isEmpty() || accounts.contains(id));
    }
}

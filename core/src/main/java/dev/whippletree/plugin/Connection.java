package dev.whippletree.plugin;

import dev.whippletree.engine.pool.Topology.OpenAccount;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.ProviderClient;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * An account's open client and its token, which may be replaced while the client is open. Immutable, except for the
 * token.
 *
 * @param token where the client reads its token
 * @param wrapped the client that calls are made on
 */
record Connection(AccountSettings settings, CurrentToken token, ProviderClient client, ProviderClient wrapped) {

    /** Opens an account: connects with a replaceable token, and wraps the client. */
    static Connection open(
            AccountSettings account,
            Function<AccountSettings, ProviderClient> connect,
            BiFunction<AccountSettings, ProviderClient, ProviderClient> wrapper) {
        CurrentToken token = new CurrentToken(account.token());
        ProviderClient client = connect.apply(account.withToken(token.secret()));
        ProviderClient wrapped = wrapper.apply(account, client);
        if (wrapped == null) {
            throw new IllegalArgumentException("account " + account.id() + ": clients(…) returned null for it");
        }
        return new Connection(account, token, client, wrapped);
    }

    /**
     * Returns whether the client also serves changed settings: everything but the provider's own settings may differ.
     */
    boolean serves(AccountSettings account) {
        return account.id().equals(settings.id())
                && account.provider().equals(settings.provider())
                && account.settings().values().equals(settings.settings().values())
                && account.token().isPresent() == settings.token().isPresent();
    }

    /** Returns it with other settings of the same account, still with the old token. */
    Connection with(AccountSettings account) {
        return new Connection(account, token, client, wrapped);
    }

    /** Uses its settings' token from the next call on. */
    void takeToken() {
        token.replace(settings.token());
    }

    OpenAccount account() {
        return new OpenAccount(settings, wrapped);
    }

    /** An account's token, which can be replaced while the account's client is open. Thread-safe. */
    static final class CurrentToken {

        private volatile Optional<Secret> present;

        CurrentToken(Optional<Secret> first) {
            this.present = first;
        }

        /** Returns a secret that always reveals the present token; empty if there was none at first. */
        Optional<Secret> secret() {
            return present.map(
                    first -> Secret.from(() -> present.map(Secret::reveal).orElse("")));
        }

        void replace(Optional<Secret> next) {
            present = next;
        }
    }
}

package dev.whippletree.engine.saving;

import dev.whippletree.engine.pool.Account;
import dev.whippletree.engine.pool.Pool;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.scope.Closure;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.model.Scope;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.state.ClosedPlace;
import dev.whippletree.state.SavedClosure;
import dev.whippletree.state.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds a pool's closures by what they close, to save and restore them. Guarded by the engine's lock. */
final class ClosedPlaces {

    private final Pool pool;
    private final Map<ClosedPlace, Closable> all = new LinkedHashMap<>();

    /** What was closed at the last look. */
    private final Set<ClosedPlace> closed;

    /** Something that can be closed. */
    private record Closable(Closure closure, String mark) {}

    /** Finds a pool's places by the marks of their tokens; {@code closed} was closed at the last look. */
    ClosedPlaces(Pool pool, Map<ClosedPlace, String> marks, Set<ClosedPlace> closed) {
        this.pool = pool;
        this.closed = new HashSet<>(closed);
        closures(pool)
                .forEach((place, closure) -> all.put(place, new Closable(closure, marks.getOrDefault(place, ""))));
        this.closed.retainAll(all.keySet());
    }

    /** Returns the accounts of each place, whose tokens show whether a saved closure still applies. */
    static Map<ClosedPlace, List<AccountSettings>> owners(Pool pool) {
        Map<ClosedPlace, List<AccountSettings>> owners = new LinkedHashMap<>();
        closures(pool).keySet().forEach(place -> owners.put(place, ownersOf(place, pool)));
        return owners;
    }

    private static List<AccountSettings> ownersOf(ClosedPlace place, Pool pool) {
        return pool.accounts().stream()
                .filter(account -> switch (place.kind()) {
                    case ORGANIZATION ->
                        account.organization().scope().organization().equals(place.name());
                    case ACCOUNT -> account.id().equals(place.name());
                })
                .map(Account::settings)
                .toList();
    }

    /** Returns the mark of each place's tokens. Reads tokens, so never call it under the lock. */
    static Map<ClosedPlace, String> marks(Map<ClosedPlace, List<AccountSettings>> owners) {
        Map<ClosedPlace, String> marks = new LinkedHashMap<>();
        owners.forEach((place, accounts) -> marks.put(place, TokenMark.of(accounts)));
        return marks;
    }

    private static Map<ClosedPlace, Closure> closures(Pool pool) {
        Map<ClosedPlace, Closure> closures = new LinkedHashMap<>();
        for (ScopeState state : pool.scopes()) {
            Scope scope = state.scope();
            closures.put(
                    new ClosedPlace(ClosedPlace.Extent.ORGANIZATION, scope.organization(), scope.model()),
                    state.closure());
        }
        for (Account account : pool.accounts()) {
            closures.put(
                    new ClosedPlace(ClosedPlace.Extent.ACCOUNT, account.id(), Optional.empty()), account.credential());
        }
        for (Target target : pool.targets()) {
            closures.put(
                    new ClosedPlace(ClosedPlace.Extent.ACCOUNT, target.account().id(), Optional.of(target.model())),
                    target.availability());
        }
        return closures;
    }

    Set<ClosedPlace> closed() {
        return closed;
    }

    /** Restores the closures of earlier processes, except those of other tokens. */
    void resume(List<SavedClosure> saved, SavedTimes times) {
        for (SavedClosure one : saved) {
            Closable closable = all.get(one.place());
            if (closable != null && closable.mark().equals(one.mark())) {
                closed.add(one.place());
                resume(closable.closure(), one, times);
            }
        }
    }

    private void resume(Closure closure, SavedClosure saved, SavedTimes times) {
        long until = times.nanos(saved.until());
        if (saved.needsMending()) {
            closure.resumeUntilMended(until, saved.reason(), times.now());
            startSlowly(saved.place());
        } else {
            closure.closeUntil(until, saved.reason(), times.now());
        }
    }

    /** Ramps targets up slowly, as after any closure. */
    private void startSlowly(ClosedPlace place) {
        pool.targets().stream()
                .filter(target -> concerns(place, target))
                .forEach(target -> target.health().startSlowly());
    }

    private static boolean concerns(ClosedPlace place, Target target) {
        String name = switch (place.kind()) {
            case ORGANIZATION -> target.organization().scope().organization();
            case ACCOUNT -> target.account().id();
        };
        return name.equals(place.name())
                && place.model().map(target.model()::equals).orElse(true);
    }

    List<SavedClosure> closed(SavedTimes times) {
        List<SavedClosure> saved = new ArrayList<>();
        all.forEach((place, closable) -> {
            Closure closure = closable.closure();
            if (isInForce(closure, times.now())) {
                closed.add(place);
                saved.add(new SavedClosure(
                        place,
                        closure.needsMending(times.now()),
                        times.at(),
                        times.instant(closure.until()),
                        closure.reason(),
                        closable.mark()));
            }
        });
        return saved;
    }

    private static boolean isInForce(Closure closure, long now) {
        return closure.isClosed(now) || closure.needsMending(now);
    }

    Set<ClosedPlace> reopened(long now) {
        Set<ClosedPlace> open = new HashSet<>();
        all.forEach((place, closable) -> {
            if (!isInForce(closable.closure(), now) && closed.remove(place)) {
                open.add(place);
            }
        });
        return open;
    }

    /**
     * Shows whether tokens have changed, without revealing them: 16 bits of a SHA-256 digest. One in 65,536 other
     * tokens has the same mark, so it reveals nothing and rarely misses a change.
     */
    static final class TokenMark {

        private static final int BYTES = 2;

        private TokenMark() {}

        /** Returns the mark of some accounts' tokens. Reads them. */
        static String of(Collection<AccountSettings> accounts) {
            MessageDigest digest = Sha256.digest();
            for (AccountSettings account : accounts) {
                add(digest, account.id());
                add(digest, account.token().map(TokenMark::value).orElse(""));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
        }

        private static void add(MessageDigest digest, String text) {
            digest.update(text.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
        }

        /** A token that can't be read is reported when it is needed, not here. */
        private static String value(Secret token) {
            try {
                return token.reveal();
            } catch (RuntimeException e) {
                return "";
            }
        }
    }
}

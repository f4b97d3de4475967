package dev.whippletree.engine;

import dev.whippletree.model.Scope;
import dev.whippletree.state.Place;
import dev.whippletree.state.SavedClosure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The closures of a pool by what they close, so that they can be saved and found again. Guarded by the engine's lock. */
final class ClosedPlaces {

    private final Pool pool;
    private final Map<Place, Closable> all = new LinkedHashMap<>();

    /** What was closed when it was last looked at. */
    private final Set<Place> closed = new HashSet<>();

    /**
     * Something that may be closed.
     *
     * @param mark the mark of the tokens of those it closes
     */
    private record Closable(Closure closure, String mark) {}

    /** Creates one. Reads the accounts' tokens. */
    ClosedPlaces(Pool pool) {
        this.pool = pool;
        for (ScopeState state : pool.scopes()) {
            Scope scope = state.scope();
            Place place = new Place(Place.Kind.ORGANIZATION, scope.organization(), scope.model());
            all.put(place, new Closable(state.closure(), markOf(pool.accountsOf(scope.organization()))));
        }
        for (Account account : pool.accounts()) {
            add(account, Optional.empty(), account.credential());
        }
        for (Target target : pool.targets()) {
            add(target.account(), Optional.of(target.model()), target.availability());
        }
    }

    private void add(Account account, Optional<String> model, Closure closure) {
        Place place = new Place(Place.Kind.ACCOUNT, account.id(), model);
        all.put(place, new Closable(closure, markOf(List.of(account))));
    }

    private static String markOf(List<Account> accounts) {
        return TokenMark.of(accounts.stream().map(Account::settings).toList());
    }

    /** Closes what an earlier process left closed, unless it was so for another token. */
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
            closure.resumeUntilMended(until, saved.reason());
            startSlowly(saved.place());
        } else {
            closure.closeUntil(until, saved.reason(), times.now());
        }
    }

    /** As within one process: what was off isn't flooded once it opens. */
    private void startSlowly(Place place) {
        pool.targets().stream()
                .filter(target -> concerns(place, target))
                .forEach(target -> target.health().startSlowly());
    }

    private static boolean concerns(Place place, Target target) {
        String name = switch (place.kind()) {
            case ORGANIZATION -> target.organization().scope().organization();
            case ACCOUNT -> target.account().id();
        };
        return name.equals(place.name())
                && place.model().map(target.model()::equals).orElse(true);
    }

    /** Returns what is closed. */
    List<SavedClosure> closed(SavedTimes times) {
        List<SavedClosure> saved = new ArrayList<>();
        all.forEach((place, closable) -> {
            Closure closure = closable.closure();
            if (closure.isClosed(times.now())) {
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

    /** Returns what was closed when it was last looked at, and is open. */
    Set<Place> reopened(long now) {
        Set<Place> open = new HashSet<>();
        all.forEach((place, closable) -> {
            if (!closable.closure().isClosed(now) && closed.remove(place)) {
                open.add(place);
            }
        });
        return open;
    }
}

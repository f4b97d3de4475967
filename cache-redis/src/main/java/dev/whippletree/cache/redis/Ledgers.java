package dev.whippletree.cache.redis;

import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.Services;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The ledgers of all organizations, and whose each grant is. Thread-safe; no method blocks. */
final class Ledgers {

    private final Map<String, SharedLedger> byOrganization = new ConcurrentHashMap<>();
    private final Map<String, SharedLedger> byGrant = new ConcurrentHashMap<>();
    private final Parts parts;
    private final Contact contact;
    private final Survey survey;

    /**
     * What ledgers work with.
     *
     * @param tokens this process's names
     * @param timeout after which a command is given up
     * @param lease longest time a call may take
     */
    record Parts(
            CoordinationCommands commands,
            Contact contact,
            Tokens tokens,
            Services services,
            Duration timeout,
            Duration lease) {}

    Ledgers(Parts parts) {
        this.parts = parts;
        contact = parts.contact();
        survey = new Survey(parts.commands(), contact, parts.services(), this::places);
    }

    /** Begins to go by the contact. */
    void start() {
        contact.add(survey);
    }

    private Map<String, Duration> places() {
        Map<String, Duration> places = new HashMap<>();
        byOrganization.values().forEach(ledger -> ledger.addPlaces(places));
        return places;
    }

    /** Reserves; all uses are of one organization. */
    CompletionStage<Grant> reserve(List<LimitUse> uses) {
        SharedLedger ledger = byOrganization.computeIfAbsent(organization(uses), this::open);
        String id = parts.tokens().next();
        return contact.tried().isDone()
                ? reserve(ledger, id, uses)
                : contact.tried().thenCompose(tried -> reserve(ledger, id, uses));
    }

    private CompletionStage<Grant> reserve(SharedLedger ledger, String id, List<LimitUse> uses) {
        byGrant.put(id, ledger);
        CompletionStage<Grant> grant = ledger.reserve(id, uses);
        return grant.whenComplete((answer, failure) -> {
            if (!(answer instanceof Grant.Granted)) {
                byGrant.remove(id);
            }
        });
    }

    private static String organization(List<LimitUse> uses) {
        List<String> all =
                uses.stream().map(use -> use.scope().organization()).distinct().toList();
        if (all.size() != 1) {
            throw new IllegalArgumentException(
                    "an attempt uses limits, all of one organization, not those of " + all.size() + " at once");
        }
        return all.get(0);
    }

    private SharedLedger open(String organization) {
        SharedLedger ledger = new SharedLedger(organization, parts, survey, byGrant::remove);
        contact.add(ledger);
        return ledger;
    }

    /** Ends a grant that was used. */
    void settle(String grant, Optional<TokenCount> tokensUsed, Duration sinceArrival) {
        Optional.ofNullable(byGrant.remove(grant)).ifPresent(ledger -> ledger.settle(grant, tokensUsed, sinceArrival));
    }

    /** Ends a grant that wasn't used. */
    void release(String grant) {
        Optional.ofNullable(byGrant.remove(grant)).ifPresent(ledger -> ledger.release(grant));
    }

    /** Returns how many grants were made without asking. */
    long alone() {
        return byOrganization.values().stream().mapToLong(SharedLedger::alone).sum();
    }

    /** Returns why an organization's limits can't be shared although there is contact. */
    Stream<Throwable> troubles() {
        return byOrganization.values().stream().flatMap(ledger -> ledger.trouble().stream());
    }
}

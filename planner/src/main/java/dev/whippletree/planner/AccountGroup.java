package dev.whippletree.planner;

import dev.whippletree.model.Credit;
import dev.whippletree.model.Limit;
import dev.whippletree.spi.AccountSettings.DeclaredLimit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Accounts of one kind: identical organizations of one service. Immutable.
 *
 * <p>Limits and credit belong to an organization. Usually it has a single account; several accounts share them.
 *
 * @param service the provider's name: {@code huggingface}
 * @param organizations the organizations
 * @param limits the limits of each organization; empty: unlimited
 * @param credit the amount each organization may spend; absent: unlimited
 * @param members the accounts of each organization, at least one
 * @param refills whether its service is supposed to refill limits bit by bit, as far as it may do so; otherwise it
 *     counts by the window
 */
public record AccountGroup(
        String service,
        List<Organization> organizations,
        List<DeclaredLimit> limits,
        Optional<Credit> credit,
        List<Member> members,
        boolean refills) {

    /**
     * Whose limits accounts share. Immutable.
     *
     * @param id unique in the pool; mostly the id of its only account
     * @param accounts the ids of its accounts, as many as the kind has members, unique in the pool
     */
    public record Organization(String id, List<String> accounts) {

        public Organization {
            accounts = List.copyOf(accounts);
        }
    }

    /**
     * One account of each organization. Immutable.
     *
     * @param weight its share of the load against others of its tier, 1 or more
     * @param maxConcurrency attempts under way at once; absent: the engine's default
     * @param transit how long a request is under way at most; absent: unknown
     * @param places where it stands in the route, at least once
     */
    public record Member(int weight, OptionalInt maxConcurrency, Optional<Duration> transit, List<Place> places) {

        public Member {
            places = List.copyOf(places);
        }
    }

    /** A place in the route: its tier, from 0, and the model that is asked there. Immutable. */
    public record Place(int tier, String model) {}

    public AccountGroup {
        organizations = List.copyOf(organizations);
        limits = List.copyOf(limits);
        members = List.copyOf(members);
        if (members.isEmpty()) {
            throw new IllegalArgumentException(
                    "accounts of " + service + ": an organization needs at least one account");
        }
    }

    AccountGroup refilling() {
        return new AccountGroup(service, organizations, limits, credit, members, true);
    }

    /** Returns whether it declares no limits of a model that it is asked for, so that nobody knows what it allows. */
    public boolean isUnknown() {
        List<CountedLimit> counted = CountedLimit.of(this);
        return CountedLimit.models(this).stream()
                .anyMatch(model -> counted.stream().noneMatch(limit -> limit.bounds(model)));
    }

    /** Returns whether the length of prompts and answers matters to it. */
    boolean countsTokens() {
        return credit.isPresent() || limitsTokens();
    }

    boolean limitsTokens() {
        return limits.stream().anyMatch(declared -> declared.limit().unit() != Limit.Unit.REQUESTS);
    }

    public int count() {
        return organizations.size();
    }

    AccountGroup withOrganizations(List<Organization> organizations) {
        return new AccountGroup(service, organizations, limits, credit, members, refills);
    }

    /** Returns an organization of this kind by a new name. */
    Organization another(String id) {
        List<String> accounts = members.size() == 1
                ? List.of(id)
                : IntStream.rangeClosed(1, members.size())
                        .mapToObj(number -> id + "-" + number)
                        .toList();
        return new Organization(id, accounts);
    }

    /** Returns what tells this kind from others: {@code huggingface (1000 requests / 1h)}. */
    public String label() {
        if (limits.isEmpty()) {
            return service + " (no limits)";
        }
        return limits.stream()
                .map(declared -> declared.limit().toString())
                .collect(Collectors.joining(" + ", service + " (", ")"));
    }
}

package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.model.LimitStats;
import dev.whippletree.emulator.model.ServiceStats;
import java.util.List;

/**
 * The invariants of {@code docs/design.md}, and how a run checks each.
 *
 * <table>
 * <caption>What is checked, by which class, and when</caption>
 * <tr><th>invariant</th><th>how</th><th>when</th></tr>
 * <tr><td>1 limits hold</td><td>{@link LimitsHold}: a declared limit never refuses a call, no sliding window of it
 *     exceeds the amount by the service's own count, whatever that is, and what the engine believes to be left of it is
 *     what {@link Books} say, to the unit. A limit that has to be learned from reports refuses only those who are under
 *     way before the first report, and of several models that count together no more than the limit for each other one,
 *     until that has shown. Excused: limits of which the service says nothing at all, and those of which it says what
 *     is wrong; one prompt's tokens at the end of a limit of tokens, once less is reserved than completions may
 *     need</td>
 *     <td>every failure; every step; the end</td></tr>
 * <tr><td>1 what is closed stays closed</td><td>{@link ClosuresHold}: no call to what a service said is closed, until
 *     the latest time it said; but calls that try out a long wait, one at a time</td><td>every call</td></tr>
 * <tr><td>2 one outcome each</td><td>{@link OneOutcomeEach}: by its deadline, once, for a reason the scenario has; the
 *     engine's counts and its listeners' are the callers'. {@link EndsWhenStalled}: a prompt that is to end when its
 *     route is stalled does so then, and not before</td><td>every ending; every step; the end</td></tr>
 * <tr><td>3 work is conserved</td><td>{@link WorkIsConserved}: while a prompt waits for which no call was made yet, no
 *     account of its first tier is open with a free slot and room for it; where failures may have left a ramp that
 *     status doesn't tell, none is open with nothing under way. One that holds many tokens back is delayed by none that
 *     came later, where one account and one session make that decidable. {@link LeavesRoom}: a batch prompt leaves its
 *     route's share of declared limits</td>
 *     <td>every step; every call</td></tr>
 * <tr><td>4 leases are conserved</td><td>{@link LeasesAreConserved}: what the engine says is under way on each account
 *     is what its client has under way, and never above the account's bound; nothing is left at the end</td><td>every
 *     step; the end</td></tr>
 * <tr><td>5 equal prompts cost one call</td><td>{@link EqualPromptsCostOneCall}: no call while another for the same is
 *     under way, none for what is stored, none that nobody waits for</td><td>every call</td></tr>
 * <tr><td>6 nothing partial is a success</td><td>{@link NothingPartial}: each answer is the whole answer to its own
 *     prompt, and was made for its own tenant</td><td>every answer</td></tr>
 * <tr><td>7 mistakes hurt nobody</td><td>{@link MistakesHurtNobody}: where nothing but callers' mistakes goes wrong, no
 *     account cools or is off</td><td>every step</td></tr>
 * <tr><td>8 fairness</td><td>{@link Fairness}: while a prompt waits, no other tenant, and of its tenant no other
 *     session, gets more turns than start-time fair queueing allows; where all may go to the same targets and nothing
 *     but requests is limited. {@link TurnsOfTenants}: of what starts while a person's prompt waits, batch has no more
 *     than its share, and each other tenant no more than two before one's only prompt; tenants that always wait start
 *     as many for their weight</td><td>every call</td></tr>
 * <tr><td>9 bounded</td><td>{@link Bounded}: calls of a flight on a target, of which an outage counts as one, retries
 *     of the route, the line</td>
 *     <td>every call; every step</td></tr>
 * <tr><td>10 secrets stay secret</td><td>{@link SecretsStaySecret}: no token in an error, in what listeners are told,
 *     in the log or in status</td><td>every error; the end</td></tr>
 * </table>
 */
final class Invariants {

    /** What every simulated account's token starts with. */
    static final String SECRET = "simulated-token-of-";

    private Invariants() {}

    static List<Invariant> all(Facts facts, Heard heard) {
        return List.of(
                new LimitsHold(facts),
                new ClosuresHold(facts),
                new OneOutcomeEach(facts, heard),
                new EndsWhenStalled(facts),
                new WorkIsConserved(facts),
                new LeasesAreConserved(facts),
                new EqualPromptsCostOneCall(facts),
                new NothingPartial(facts),
                new MistakesHurtNobody(facts),
                new Fairness(facts),
                new TurnsOfTenants(facts),
                new LeavesRoom(facts),
                new Bounded(facts),
                new SecretsStaySecret(facts));
    }

    /** Holds what a service counted against what the engine knew of its limits. */
    static void checkLimits(Facts facts, ServiceStats stats) {
        for (LimitStats limit : stats.limits()) {
            LimitsHold.check(facts, limit);
        }
    }
}

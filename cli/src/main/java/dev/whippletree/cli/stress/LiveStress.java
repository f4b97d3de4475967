package dev.whippletree.cli.stress;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.config.Configuration;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.planner.interviews.CallBudget;
import dev.whippletree.planner.interviews.CallCap;
import dev.whippletree.planner.interviews.Check;
import dev.whippletree.planner.interviews.InterviewDriver;
import dev.whippletree.planner.interviews.InterviewPlan;
import dev.whippletree.planner.interviews.InterviewResults;
import dev.whippletree.planner.interviews.Interviews;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.terminal.board.Words;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A stress run over the user's own accounts, never with more calls than announced. Confined to one thread. */
final class LiveStress {

    /** Two or three sentences are asked for; a model that thinks first spends several times as much. */
    private static final int MOST_TOKENS = 500;

    private static final Set<String> YES = Set.of("y", "yes");

    private final Surroundings surroundings;
    private final StressCommand command;
    private final CallBudget budget = new CallBudget();

    /**
     * Prepares a run.
     *
     * @param surroundings where to print, and whom to ask
     * @param command what to run, as it was typed
     */
    LiveStress(Surroundings surroundings, StressCommand command) {
        this.surroundings = surroundings;
        this.command = command;
    }

    /**
     * Runs it if the user agrees. Blocks until every interview has ended and everything is printed.
     *
     * @param opening opens the accounts, with their clients wrapped
     * @return 0 if every check held or the user didn't agree, else 1
     * @throws UserMistake if a value can't be used, or the user can't confirm
     */
    int run(Function<UnaryOperator<ProviderClient>, Whippletree> opening) {
        Interviews interviews = TypedStress.interviews(command).withMaxTokens(MOST_TOKENS);
        try (Whippletree whippletree = opening.apply(budget::around)) {
            CallCap cap = cap(interviews, whippletree);
            announce(interviews, whippletree.configuration().accounts(), cap);
            if (!agreed()) {
                return 0;
            }
            budget.allow(cap.most());
            return run(interviews, whippletree, cap);
        }
    }

    private int run(Interviews interviews, Whippletree whippletree, CallCap cap) {
        InterviewDriver driver = new InterviewDriver(
                        InterviewPlan.of(interviews), whippletree::complete, surroundings.timeline())
                .withCheck((prompt, completion) -> !completion.text().isBlank())
                .withCap(cap);
        Optional<InterviewResults> ended = new Watch(surroundings, Optional.empty()).until(driver, whippletree);
        StatusSnapshot status = whippletree.status();
        Findings findings = new Findings(surroundings);
        findings.board(status);
        if (ended.isEmpty()) {
            findings.interrupted(driver.progress());
            whippletree.close(Duration.ZERO).join();
            return EmulatedStress.INTERRUPTED;
        }
        InterviewResults results = ended.get();
        List<Check> checks = checks(results, cap);
        findings.times(interviews, results, meanAnswer(status), Optional.empty());
        findings.say("The accounts are your own. Any answer that isn't empty counts as right.");
        if (results.unasked() > 0) {
            findings.say("The run stopped before it would have made more than " + Words.count(cap.most(), "call") + ": "
                    + Words.count(results.unasked(), "prompt") + " were not asked.");
        }
        findings.checks(checks, results.errors());
        return checks.stream().allMatch(Check::held) ? 0 : 1;
    }

    /**
     * Allows each question once, or each prompt where no cache keeps answers, and leaves room for the prompt of each interview to
     * be tried as often as it may be.
     */
    private CallCap cap(Interviews interviews, Whippletree whippletree) {
        Configuration configuration = whippletree.configuration();
        int perPrompt = callsPerPrompt(configuration.routes().get(0));
        long asked = configuration.caches().isEmpty() ? interviews.prompts() : interviews.distinct();
        long most = asked + (long) interviews.interviews() * perPrompt;
        return new CallCap(most, perPrompt, budget::made);
    }

    private static int callsPerPrompt(RouteSettings route) {
        int targets =
                route.tiers().stream().mapToInt(tier -> tier.targets().size()).sum();
        return targets * route.retries().attemptsPerTarget();
    }

    private List<Check> checks(InterviewResults results, CallCap cap) {
        return List.of(
                check(
                        "prompts answered",
                        "",
                        results.prompts(),
                        results.answered(),
                        results.answered() == results.prompts()),
                check("empty answers", "", 0, results.wrong(), results.wrong() == 0),
                check("calls", "at most ", cap.most(), budget.made(), budget.made() <= cap.most()));
    }

    private static Check check(String name, String relation, long expected, long actual, boolean held) {
        return new Check(name, relation + Words.count(expected), Words.count(actual), held);
    }

    private static Duration meanAnswer(StatusSnapshot status) {
        long count = 0;
        Duration sum = Duration.ZERO;
        for (StatusSnapshot.Account account : status.accounts()) {
            count += account.latency().count();
            sum = sum.plus(
                    account.latency().mean().multipliedBy(account.latency().count()));
        }
        return count == 0 ? Duration.ZERO : sum.dividedBy(count);
    }

    private void announce(Interviews interviews, List<AccountSettings> accounts, CallCap cap) {
        String names = accounts.stream()
                .map(account -> account.id() + " (" + account.provider() + ")")
                .collect(Collectors.joining(", "));
        PrintWriter err = surroundings.err();
        err.println("This asks your own accounts: " + names + ".");
        err.println("It makes at most " + Words.count(cap.most(), "call") + " of at most " + MOST_TOKENS
                + " tokens each: " + Words.count(interviews.distinct())
                + " distinct questions; the rest is for retries and for answers that no cache keeps.");
    }

    private boolean agreed() {
        if (command.yes) {
            return true;
        }
        if (!surroundings.terminal().in()) {
            throw new UserMistake("standard input isn't a terminal, so you can't confirm; add --yes to go on");
        }
        surroundings.err().print("Go on? [y/N] ");
        surroundings.err().flush();
        return YES.contains(line().strip().toLowerCase(Locale.ROOT));
    }

    private String line() {
        try {
            StringBuilder line = new StringBuilder();
            for (int next = surroundings.in().read();
                    next >= 0 && next != '\n';
                    next = surroundings.in().read()) {
                line.append((char) next);
            }
            return line.toString();
        } catch (IOException e) {
            throw new UncheckedIOException("standard input can't be read", e);
        }
    }
}

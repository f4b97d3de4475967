package dev.whippletree.stress;

import dev.whippletree.Whippletree;
import dev.whippletree.config.Configuration;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.stress.interviews.CallBudget;
import dev.whippletree.stress.interviews.CallCap;
import dev.whippletree.stress.interviews.Check;
import dev.whippletree.stress.interviews.InterviewDriver;
import dev.whippletree.stress.interviews.InterviewPlan;
import dev.whippletree.stress.interviews.InterviewResults;
import dev.whippletree.stress.interviews.Interviews;
import dev.whippletree.terminal.Console;
import dev.whippletree.terminal.board.Words;
import dev.whippletree.time.Timeline;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A stress run over the user's own accounts, never with more calls than announced. Confined to one thread. */
public final class LiveStress {

    /** Two or three sentences are asked for; a model that thinks first spends several times as much. */
    private static final int MOST_TOKENS = 500;

    private final Console console;
    private final Timeline timeline;
    private final CallBudget budget = new CallBudget();

    /**
     * Prepares a run.
     *
     * @param console where it is shown
     * @param timeline the time it goes by
     */
    public LiveStress(Console console, Timeline timeline) {
        this.console = console;
        this.timeline = timeline;
    }

    /**
     * Runs it if the user agrees. Blocks until every interview has ended and everything is printed.
     *
     * @param settings the interviews; their answers get a bound
     * @param opening opens the accounts, with their clients wrapped
     * @param agreed asks the user, once the accounts and the most calls are announced
     */
    public Ending run(
            Interviews settings, Function<UnaryOperator<ProviderClient>, Whippletree> opening, BooleanSupplier agreed) {
        Interviews interviews = settings.withMaxTokens(MOST_TOKENS);
        try (Whippletree whippletree = opening.apply(budget::around)) {
            CallCap cap = cap(interviews, whippletree);
            announce(interviews, whippletree.configuration().accounts(), cap);
            if (!agreed.getAsBoolean()) {
                return Ending.DECLINED;
            }
            budget.allow(cap.most());
            return run(interviews, whippletree, cap);
        }
    }

    private Ending run(Interviews interviews, Whippletree whippletree, CallCap cap) {
        InterviewDriver driver = new InterviewDriver(InterviewPlan.of(interviews), whippletree::complete, timeline)
                .withCheck((prompt, completion) -> !completion.text().isBlank())
                .withCap(cap);
        Optional<InterviewResults> ended = new Watch(console, timeline, Optional.empty()).until(driver, whippletree);
        StatusSnapshot status = whippletree.status();
        Findings findings = new Findings(console);
        findings.board(status);
        if (ended.isEmpty()) {
            findings.interrupted(driver.progress());
            whippletree.close(Duration.ZERO).join();
            return Ending.INTERRUPTED;
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
        return Ending.of(checks.stream().allMatch(Check::held));
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
                Check.exactly("prompts answered", results.prompts(), results.answered()),
                Check.exactly("empty answers", 0, results.wrong()),
                Check.atMost("calls", cap.most(), budget.made()));
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
        PrintWriter err = console.err();
        err.println("This asks your own accounts: " + names + ".");
        err.println("It makes at most " + Words.count(cap.most(), "call") + " of at most " + MOST_TOKENS
                + " tokens each: " + Words.count(interviews.distinct())
                + " distinct questions; the rest is for retries and for answers that no cache keeps.");
    }
}

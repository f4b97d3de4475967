package dev.whippletree.cli.plan;

import dev.whippletree.cli.base.Opening;
import dev.whippletree.cli.base.OptionalModule;
import dev.whippletree.cli.base.Shares;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.settings.RouteSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Says beforehand whether accounts will do, by running the production engine over emulated services in virtual time.
 * What was typed is read by {@link TypedPlan}, where the module that plans is at hand.
 */
@Command(
        name = "plan",
        description = {
            "Predicts whether accounts are enough: runs the real engine over emulated services in virtual time.",
            "Calls no service. Exit code 0 if the accounts are enough for every size, even if tight; 1 if not; 8 if"
                    + " the plan can't tell: accounts declare no limits, a credit's price isn't known, or it depends on how a service counts."
        },
        footer = {
            "  whippletree plan --interviews 500 --questions 17 --repeat 80%% --accounts huggingface:2x1000/h",
            "  whippletree plan --config whippletree.yaml --interviews 100,500,1000,2000 --for 1h",
            "  whippletree plan --accounts huggingface:2x1000/h,groq:1x30/min+1000/d+8000tok/min --tokens 300/200",
            "  whippletree plan --trace traces --accounts huggingface:3x1000/h",
            "  whippletree plan --prices prices.yaml --report plan.html"
        })
public final class PlanCommand implements Callable<Integer> {

    private static final int DEFAULT_INTERVIEWS = 500;

    private final Surroundings surroundings;

    @Option(
            names = "--interviews",
            paramLabel = "N",
            split = ",",
            description = "Interviews at once; several sizes with commas, a plan for each; default: 500.")
    List<Integer> interviews = List.of(DEFAULT_INTERVIEWS);

    @Option(
            names = "--questions",
            paramLabel = "N",
            description = "Questions of each interview, one after the other; default: 17.")
    Optional<Integer> questions = Optional.empty();

    @Option(
            names = "--repeat",
            paramLabel = "SHARE",
            converter = Shares.class,
            description = "The share of prompts that repeat another prompt, the same at every size; default: 80%%.")
    Optional<Double> repeat = Optional.empty();

    @Option(
            names = "--distinct",
            paramLabel = "N",
            description = "Instead of --repeat: draw questions from a bank of N, so more interviews repeat more of"
                    + " them.")
    Optional<Integer> distinct = Optional.empty();

    @Option(
            names = "--prompts",
            paramLabel = "FILE",
            description = "Instead of interviews: plan a file of 'batch', with its repeats and lengths.")
    Optional<Path> prompts = Optional.empty();

    @Option(
            names = "--trace",
            paramLabel = "PATH",
            description = "Instead of interviews: replay what a gateway was asked, by its trace: the folder"
                    + " gateway.trace, or a file of it.")
    Optional<Path> trace = Optional.empty();

    @Option(
            names = "--conversation",
            description = "With --prompts: the lines of a session are a conversation, asked one after the other.")
    boolean conversation;

    @Option(
            names = "--accounts",
            paramLabel = "ACCOUNTS",
            description = "The accounts: service, number, limits and credit of each, such as huggingface:2x1000/h or"
                    + " groq:1x30rpm+1000/d+8000tok/min+0.10usd/month; several kinds with commas;"
                    + " default: the configuration's.")
    Optional<String> accounts = Optional.empty();

    @Option(
            names = "--for",
            paramLabel = "TIME",
            description = "The time in which all prompts must be answered, up to 31d; default: 1h; with --trace, until"
                    + " --wait after its last prompt.")
    Optional<Duration> horizon = Optional.empty();

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "How long an interview takes if no prompt waits; default: no pause between questions.")
    Optional<Integer> minutes = Optional.empty();

    @Option(
            names = "--over",
            paramLabel = "TIME",
            description = "The time over which interviews start evenly; default: all at the same moment.")
    Optional<Duration> over = Optional.empty();

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            description = "How long a prompt may wait for room; default: as long as --for; with --trace, the gateway's"
                    + " usual deadline, 1h.")
    Optional<Duration> longestWait = Optional.empty();

    @Option(
            names = "--tokens",
            paramLabel = "PROMPT/ANSWER",
            converter = TokenSizes.class,
            description = "Tokens of a prompt and its answer; default: 300/200.")
    Optional<TokenSizes.Sizes> tokens = Optional.empty();

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "The max_tokens of each prompt, which some services count in full; default: the route's, or"
                    + " none, for which Groq is taken to count 1,024.")
    Optional<Integer> maxTokens = Optional.empty();

    @Option(
            names = "--latency",
            paramLabel = "TIME",
            description = "How long an answer takes, such as 1s, 800ms~10%% or 1s~lognormal:0.3; varies by 20%% unless"
                    + " stated; default: 1s.")
    Optional<String> latency = Optional.empty();

    @Option(
            names = "--strategy",
            paramLabel = "NAME",
            description = "The balancing strategy; default: the route's, else round-robin.")
    Optional<String> strategy = Optional.empty();

    @Option(
            names = "--leave",
            paramLabel = "SHARE",
            converter = Shares.class,
            description = "Plan batch prompts, which leave this share of each limit to others, up to 90%%;"
                    + " default with --prompts: the route's.")
    Optional<Double> leave = Optional.empty();

    @Option(names = "--no-advice", description = "Plan only the accounts as they are, without advice; faster.")
    boolean withoutAdvice;

    @Option(
            names = "--prices",
            paramLabel = "FILE",
            description = "Your dated list of token prices; default: the configuration's. Without one, the cost"
                    + " is unknown.")
    Optional<Path> prices = Optional.empty();

    @Option(names = "--report", paramLabel = "FILE", description = "Write everything to one HTML page, with charts.")
    Optional<Path> report = Optional.empty();

    @Option(names = "--json", description = "Print everything as JSON.")
    boolean json;

    @Option(names = "--seed", paramLabel = "N", description = "The seed of the random numbers; default: 1.")
    Optional<Long> seed = Optional.empty();

    @Mixin
    final Opening opening;

    Optional<MeasuredPrompts> measured = Optional.empty();

    public PlanCommand(Surroundings surroundings) {
        this(surroundings, new Opening());
    }

    private PlanCommand(Surroundings surroundings, Opening opening) {
        this.surroundings = surroundings;
        this.opening = opening;
    }

    /**
     * Plans measured prompts over the configured accounts, without advice.
     *
     * @param prices the price list; empty: the configuration's
     * @param leave the share of each limit that is left to others; empty: as the route says
     * @return the exit code
     */
    public static int plan(
            Surroundings surroundings,
            Opening opening,
            MeasuredPrompts measured,
            Optional<Path> prices,
            Optional<Double> leave) {
        PlanCommand command = new PlanCommand(surroundings, opening);
        command.measured = Optional.of(measured);
        command.prices = prices;
        command.leave = leave;
        command.withoutAdvice = true;
        return command.call();
    }

    @Override
    public Integer call() {
        checkCombination();
        checkRanges();
        return OptionalModule.PLANNER.needed("plan", () -> {
            prompts.ifPresent(file -> OptionalModule.BATCH.needed("plan --prompts", () -> measure(file)));
            trace.ifPresent(place ->
                    measured = Optional.of(TraceFile.read(surroundings.folder().resolve(place))));
            return new PlanRun(surroundings, this).run();
        });
    }

    private int measure(Path file) {
        measured = Optional.of(PromptsFile.measure(surroundings.folder().resolve(file), conversation));
        return 0;
    }

    private void checkCombination() {
        if (repeat.isPresent() && distinct.isPresent()) {
            throw new UserMistake(
                    "--repeat sets how often questions repeat at every size, --distinct the number of questions to"
                            + " draw from: give one of them");
        }
        boolean drawn = repeat.isPresent()
                || distinct.isPresent()
                || questions.isPresent()
                || !interviews.equals(List.of(DEFAULT_INTERVIEWS));
        if (prompts.isPresent() && drawn) {
            throw new UserMistake(
                    "--prompts takes the prompts from a file: leave out --interviews, --questions, --repeat and"
                            + " --distinct");
        }
        if (trace.isPresent() && (drawn || prompts.isPresent() || minutes.isPresent() || over.isPresent())) {
            throw new UserMistake("--trace has its own prompts and times: leave out --interviews, --questions,"
                    + " --repeat, --distinct, --prompts, --minutes and --over");
        }
        if (conversation && prompts.isEmpty()) {
            throw new UserMistake("--conversation needs a file with sessions: name it with --prompts");
        }
        if (accounts.isPresent() && opening.file().isPresent()) {
            throw new UserMistake("--accounts and --config both set the accounts: give one of them");
        }
    }

    private void checkRanges() {
        for (int size : interviews) {
            UserMistake.requireAtLeastOne("--interviews", size);
        }
        if (leave.filter(share -> share > RouteSettings.MOST_LEAVE).isPresent()) {
            throw new UserMistake("--leave is 0% to 90%, since batch prompts need some room themselves");
        }
        minutes.ifPresent(number -> UserMistake.requireAtLeastOne("--minutes", number));
    }
}

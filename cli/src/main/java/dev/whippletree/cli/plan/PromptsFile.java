package dev.whippletree.cli.plan;

import dev.whippletree.Whippletree;
import dev.whippletree.batch.BatchItem;
import dev.whippletree.batch.DistinctPrompts;
import dev.whippletree.batch.file.BadInputException;
import dev.whippletree.batch.file.BatchFile;
import dev.whippletree.batch.file.BatchFiles;
import dev.whippletree.batch.file.InputFormat;
import dev.whippletree.batch.file.PromptForm;
import dev.whippletree.batch.file.Sync;
import dev.whippletree.cli.base.FileTrouble;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.config.Configuration;
import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Role;
import dev.whippletree.model.ToolCall;
import dev.whippletree.planner.PromptList;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.terminal.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/** Measures a file of prompts for a plan. Confined to one thread. */
public final class PromptsFile {

    /** More take hours to simulate. */
    static final long MOST_PROMPTS = 50_000;

    /** As the emulated services count: about right for English, and for a Chinese character, which has three bytes. */
    private static final int BYTES_A_TOKEN = 4;

    /** As long as a plan's answers are, which is 200 tokens. */
    private static final long BYTES_OF_AN_ANSWER = 800;

    /** Of 1,500 tokens: about the most that OpenAI charges for an image that it hasn't scaled down (1,445). */
    private static final long BYTES_OF_AN_IMAGE = 6_000;

    private final boolean conversations;
    private final Configuration configuration;
    private final Function<Prompt, Map<TargetSettings, String>> refusals;
    private final DistinctPrompts distinct;
    private final PromptList.Builder prompts = new PromptList.Builder();
    private final Map<String, Long> saidBySession = new HashMap<>();
    private Optional<RouteSettings> route = Optional.empty();
    private long count;

    /** The first line that others may answer than the first one. */
    private Optional<String> elsewhere = Optional.empty();

    /** The first line that asks for vectors. */
    private Optional<String> vectors = Optional.empty();

    private PromptsFile(
            boolean conversations,
            Configuration configuration,
            Function<Prompt, Map<TargetSettings, String>> refusals) {
        this.conversations = conversations;
        this.configuration = configuration;
        this.refusals = refusals;
        this.distinct = new DistinctPrompts(conversations);
    }

    /**
     * Reads a file to its end.
     *
     * @param whippletree whose routes, models and accounts the lines ask
     * @throws UserMistake with everything that is wrong with it
     */
    public static MeasuredPrompts measure(BatchFiles files, Whippletree whippletree) {
        return measure(files, whippletree.configuration(), whippletree::refusals);
    }

    /** One without routes stands for any. */
    private static MeasuredPrompts measure(
            BatchFiles files, Configuration configuration, Function<Prompt, Map<TargetSettings, String>> refusals) {
        PromptsFile measuring = new PromptsFile(files.conversations(), configuration, refusals);
        try {
            var unused = BatchFile.check(files, configuration, measuring::add);
            return measuring.result(files.input().toString());
        } catch (BadInputException e) {
            throw new UserMistake(e.problems());
        } catch (IOException e) {
            throw new UserMistake(files.input() + " can't be read: " + FileTrouble.reason(e));
        }
    }

    /**
     * Reads a file of lines of JSON or text to its end; whatever models its lines name.
     *
     * @throws UserMistake with everything that is wrong with it
     */
    static MeasuredPrompts measure(Path file, boolean conversations) {
        PromptForm plain = PromptForm.PLAIN;
        PromptForm form = new PromptForm(
                plain.template(),
                plain.system(),
                plain.temperature(),
                plain.maxTokens(),
                Optional.of(Configuration.DEFAULT_ROUTE),
                plain.account(),
                plain.tenant(),
                plain.fresh(),
                plain.same(),
                plain.idColumn());
        InputFormat format = InputFormat.of(file);
        if (format.isTable()) {
            throw new UserMistake(file + " has rows, which need a template: plan it with 'whippletree batch " + file
                    + " --template … --plan'");
        }
        Path nowhere = Path.of("answers.jsonl");
        return measure(
                new BatchFiles(file, format, nowhere, form, conversations, false, Sync.SECOND, false, false, false),
                new Configuration(List.of(), List.of(), List.of(), EngineSettings.DEFAULT, List.of()),
                prompt -> Map.of());
    }

    private void add(BatchItem item) {
        Prompt prompt = item.prompt();
        if (prompt.operation() == Prompt.Operation.EMBEDDING) {
            vectors = vectors.or(() -> Optional.of(item.id()));
            return;
        }
        count++;
        if (count > MOST_PROMPTS) {
            return;
        }
        if (!configuration.routes().isEmpty()) {
            RouteSettings own = route(item);
            route = route.or(() -> Optional.of(own));
            if (!route.get().equals(own)) {
                elsewhere = elsewhere.or(() -> Optional.of(item.id()));
            }
        }
        Optional<String> session = conversations ? prompt.session() : Optional.empty();
        long before = session.map(saidBySession::get).orElse(0L);
        long said = before + bytes(prompt, before == 0);
        session.ifPresent(name -> saidBySession.put(name, said + BYTES_OF_AN_ANSWER));
        long key = distinct.add(prompt);
        prompts.add(
                session,
                prompt.cache().read() ? key : count,
                tokens(said),
                prompt.parameters().maxTokens());
    }

    /** Returns the route of a prompt, with those of its targets that may answer. */
    private RouteSettings route(BatchItem item) {
        Prompt prompt = item.prompt();
        RouteSettings route = configuration.routes().stream()
                .filter(there -> prompt.route().map(there.name()::equals).orElse(true))
                .findFirst()
                .orElseThrow();
        Map<TargetSettings, String> refused = new HashMap<>(refusals.apply(prompt));
        refused.keySet().removeIf(target -> !mayAnswer(target, prompt));
        List<Tier> tiers = route.tiers().stream()
                .map(tier -> tier.targets().stream()
                        .filter(target -> mayAnswer(target, prompt) && !refused.containsKey(target))
                        .toList())
                .filter(targets -> !targets.isEmpty())
                .map(Tier::new)
                .toList();
        if (tiers.isEmpty()) {
            String why = refused.isEmpty()
                    ? "has no such account or model; check --account and the line's model"
                    : "has no account that can take it: " + String.join("; ", new TreeSet<>(refused.values()));
            throw new UserMistake("'" + item.id() + "': route " + route.name() + " " + why);
        }
        return route.withTiers(tiers);
    }

    private static boolean mayAnswer(TargetSettings target, Prompt prompt) {
        return prompt.account().map(target.account()::equals).orElse(true)
                && prompt.model().map(target.model()::equals).orElse(true);
    }

    /** Returns about how many bytes of text a prompt has; instructions count once in a conversation. */
    private static long bytes(Prompt prompt, boolean begins) {
        long bytes = ofFields(prompt.parameters().extras());
        for (Message message : prompt.messages()) {
            boolean instructs = message.role() == Role.SYSTEM || message.role() == Role.DEVELOPER;
            bytes += begins || !instructs ? bytes(message) : 0;
        }
        return bytes;
    }

    private static long bytes(Message message) {
        long bytes = ofText(message.text()) + ofFields(message.extras());
        for (Map<String, Object> part : message.parts()) {
            bytes += part.get("text") instanceof String text ? ofText(text) : BYTES_OF_AN_IMAGE;
        }
        for (ToolCall call : message.toolCalls()) {
            bytes += ofText(call.name()) + ofText(call.arguments());
        }
        return bytes;
    }

    private static long ofFields(Map<String, Object> fields) {
        return fields.isEmpty() ? 0 : ofText(Json.line(fields));
    }

    private static long ofText(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static int tokens(long bytes) {
        return (int) Math.max(1, Math.min(bytes / BYTES_A_TOKEN, Integer.MAX_VALUE));
    }

    private MeasuredPrompts result(String name) {
        vectors.ifPresent(id -> {
            throw new UserMistake(
                    count == 0
                            ? name + " asks for vectors alone, and a plan covers completions only"
                            : "'" + id + "' asks for vectors, and a plan covers completions only; put such lines into"
                                    + " a file of their own");
        });
        if (count == 0) {
            throw new UserMistake(name + " has no prompts");
        }
        if (count > MOST_PROMPTS) {
            throw new UserMistake(name + " has " + count + " prompts, and a plan simulates " + MOST_PROMPTS
                    + " at most: plan for a part of the file, such as its first lines");
        }
        elsewhere.ifPresent(id -> {
            throw new UserMistake(
                    name + ": '" + id + "' is for other accounts or models than the lines before it, and a plan"
                            + " covers one route: send all to one with --route, or plan a file of each");
        });
        return new MeasuredPrompts(name, prompts.build(), route, "");
    }
}

package dev.whippletree.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Writes the script by which fish completes a command; picocli writes one for bash only. Stateless.
 *
 * @see <a href="https://fishshell.com/docs/current/cmds/complete.html">complete</a>
 */
final class FishCompletion {

    private static final String SEEN = "__fish_seen_subcommand_from ";

    private FishCompletion() {}

    static String of(CommandLine command) {
        StringBuilder script = new StringBuilder();
        add(script, command, "");
        return script.toString();
    }

    /**
     * Adds a command.
     *
     * @param typed tells, in fish, that the command has been typed; empty for the one that is above all
     */
    private static void add(StringBuilder script, CommandLine command, String typed) {
        Map<String, CommandLine> below = command.getSubcommands();
        String others = below.isEmpty() ? "" : "; and not " + SEEN + String.join(" ", below.keySet());
        String here = typed.isEmpty() ? "__fish_use_subcommand" : typed + others;
        CommandSpec spec = command.getCommandSpec();
        List<? extends ArgSpec> parameters = spec.positionalParameters();
        if (parameters.stream().noneMatch(FishCompletion::isFile)) {
            line(script, here, "-f");
        }
        below.forEach((name, one) -> line(
                script, here, "-a " + name, one.getCommandSpec().usageMessage().description()));
        parameters.stream()
                .map(FishCompletion::values)
                .filter(values -> !values.isEmpty())
                .forEach(values -> line(script, here, "-a " + quoted(values)));
        spec.options().stream()
                .filter(option -> !option.hidden())
                .forEach(option -> line(script, here, words(option), option.description()));
        below.forEach((name, one) -> add(script, one, (typed.isEmpty() ? "" : typed + "; and ") + SEEN + name));
    }

    private static String words(OptionSpec option) {
        String negated = "--no-" + option.longestName().substring(2);
        String names = Stream.concat(
                        Stream.of(option.names()), Stream.of(negated).filter(name -> option.negatable()))
                .map(name -> name.startsWith("--") ? "-l " + name.substring(2) : "-s " + name.substring(1))
                .collect(Collectors.joining(" "));
        if (option.arity().max() == 0) {
            return names;
        }
        String values = values(option);
        return names + (isFile(option) ? " -rF" : values.isEmpty() ? " -x" : " -xa " + quoted(values));
    }

    private static boolean isFile(ArgSpec of) {
        return Path.class.isAssignableFrom(of.auxiliaryTypes()[0]);
    }

    /** Returns the values that an option or parameter may have, in any case; empty if it may have others. */
    private static String values(ArgSpec of) {
        Iterable<String> candidates = of.completionCandidates();
        return candidates == null ? "" : String.join(" ", candidates).toLowerCase(Locale.ROOT);
    }

    /** Adds a line, with the first sentences of what the help says. */
    private static void line(StringBuilder script, String condition, String words, String... description) {
        script.append("complete -c whippletree -n ")
                .append(quoted(condition))
                .append(' ')
                .append(words);
        if (description.length > 0) {
            script.append(" -d ")
                    .append(quoted(description[0].replace("%n", " ").replace("%%", "%")));
        }
        script.append('\n');
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}

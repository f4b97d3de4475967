package dev.whippletree.cli.plan;

import dev.whippletree.planner.PromptList;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.terminal.board.Words;
import java.util.Optional;

/**
 * The prompts of a file or a trace, as a plan needs them. Immutable.
 *
 * @param name the file, or the trace's folder
 * @param prompts what it asks
 * @param route the configuration's route that answers all of them, with those of its targets that may; absent: any
 * @param note what is left out, after a semicolon; empty: nothing
 */
public record MeasuredPrompts(String name, PromptList prompts, Optional<RouteSettings> route, String note) {

    String line() {
        return name + ": " + Words.count(prompts.prompts(), "prompt") + ", " + Words.count(prompts.distinct())
                + " of them different (" + Words.percent(prompts.repeat()) + " repeat another one), "
                + (prompts.start().isPresent() ? "within " + Words.duration(prompts.span()) + ", " : "")
                + (prompts.sessions() == prompts.prompts()
                        ? prompts.start().isPresent() ? "each by itself" : "all at once"
                        : "in " + Words.count(prompts.sessions(), "conversation") + " of at most "
                                + Words.count(prompts.longest()))
                + ", about " + Words.count(prompts.meanTokens(), "token") + " a call" + note;
    }
}

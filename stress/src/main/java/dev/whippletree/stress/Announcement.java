package dev.whippletree.stress;

import dev.whippletree.stress.interviews.Interviews;
import dev.whippletree.stress.interviews.StressReport;
import dev.whippletree.stress.interviews.StressSettings;
import dev.whippletree.terminal.Console;
import dev.whippletree.terminal.board.Screen;
import dev.whippletree.terminal.board.Words;
import java.io.PrintWriter;

/** Describes a run over emulated accounts before it starts. */
final class Announcement {

    private final PrintWriter out;
    private final Screen screen;

    Announcement(Console console) {
        this.out = console.err();
        this.screen = console.terminal().errScreen();
    }

    /** Says it. */
    void of(StressSettings settings) {
        Interviews interviews = settings.interviews();
        say(Words.count(interviews.interviews(), "interview") + " of "
                + Words.count(interviews.questions(), "question") + " over "
                + Words.count(settings.accounts(), "emulated account") + " of " + settings.limit() + ".");
        say(Words.count(interviews.prompts(), "prompt") + ", " + Words.count(interviews.distinct())
                + " of them distinct: this takes at least "
                + Words.duration(StressReport.lowerBound(settings)) + ".");
        say(conditions(settings));
        out.flush();
    }

    /** The conditions of an emulated run, which real accounts may not offer. */
    private static String conditions(StressSettings settings) {
        return "Before the start, 200 requests warm up the server. Each account is declared with up to "
                + Words.count(settings.maxConcurrency())
                + " calls under way, each received within "
                + Words.duration(settings.transit()) + " of being sent.";
    }

    private void say(String text) {
        screen.prose(text).forEach(out::println);
    }
}

package dev.whippletree.cli.emulated;

import dev.whippletree.cli.board.Words;
import dev.whippletree.emulator.stress.Interviews;
import dev.whippletree.emulator.stress.Processes;
import dev.whippletree.emulator.stress.StressReport;
import dev.whippletree.emulator.stress.StressSettings;
import java.io.PrintWriter;

/** Says what a run over emulated accounts is going to do. */
final class Announcement {

    private final PrintWriter out;

    Announcement(PrintWriter out) {
        this.out = out;
    }

    void of(StressSettings settings, Processes processes) {
        Interviews interviews = settings.interviews();
        out.println(Words.count(interviews.interviews(), "interview") + " of "
                + Words.count(interviews.questions(), "question") + " over "
                + Words.count(settings.accounts(), "emulated account") + " of " + settings.limit() + ".");
        if (!processes.together()) {
            out.println("The " + processes.number() + " processes know nothing of each other: each may use "
                    + processes.declared(settings.limit()) + " of each account, and a question");
            out.println("that several of them ask costs each a call, " + Words.count(processes.calls(interviews))
                    + " in all. With --redis they share limits and calls.");
        }
        out.println(Words.count(interviews.prompts(), "prompt") + ", " + Words.count(interviews.distinct())
                + " of them distinct: it takes at least "
                + Words.duration(StressReport.lowerBound(settings, processes)) + ".");
        out.flush();
    }
}

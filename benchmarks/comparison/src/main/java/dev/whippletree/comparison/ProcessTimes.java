package dev.whippletree.comparison;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What processes use, as Linux tells in a folder such as {@code /proc} (proc_pid_stat(5), proc_stat(5)). Immutable.
 *
 * @param proc the folder
 */
record ProcessTimes(Path proc) {

    /** The unit of all times there, on every architecture that Java runs on. */
    private static final double TICKS_PER_SECOND = 100;

    private static final double KILOBYTES_PER_MEGABYTE = 1024;

    /**
     * What some processes have used so far.
     *
     * @param seconds their processor time, with that of ended children
     * @param megabytes their resident memory; what they share counts for each
     */
    record Used(double seconds, double megabytes) {}

    /** The numbers of a process that are needed here. */
    private record Stat(long pid, long parent, long ticks) {}

    /** Returns what a process has used, without its children that still run. */
    Used alone(long pid) throws IOException {
        return used(stats().stream().filter(each -> each.pid() == pid).toList());
    }

    /** Returns what all descendants of a process have used, without the process itself. */
    Used descendants(long pid) throws IOException {
        Map<Long, List<Stat>> children = new HashMap<>();
        for (Stat each : stats()) {
            children.computeIfAbsent(each.parent(), parent -> new ArrayList<>()).add(each);
        }
        List<Stat> found = new ArrayList<>(children.getOrDefault(pid, List.of()));
        for (int i = 0; i < found.size(); i++) {
            found.addAll(children.getOrDefault(found.get(i).pid(), List.of()));
        }
        return used(found);
    }

    private Used used(List<Stat> processes) throws IOException {
        double megabytes = 0;
        for (Stat each : processes) {
            megabytes += megabytes(each.pid());
        }
        return new Used(processes.stream().mapToLong(Stat::ticks).sum() / TICKS_PER_SECOND, megabytes);
    }

    /**
     * Returns the time that processors were busy since the machine's start, all together.
     *
     * @throws IOException if the system doesn't tell
     */
    double busySeconds() throws IOException {
        if (!Files.exists(proc.resolve("stat"))) {
            throw new IOException("there is no " + proc.resolve("stat") + "; measure overhead on Linux");
        }
        String[] ticks = Files.readAllLines(proc.resolve("stat")).get(0).split(" +");
        long busy = 0;
        // user, nice, system, (idle, iowait,) irq, softirq, steal; guests are in the first two
        for (int field : new int[] {1, 2, 3, 6, 7, 8}) {
            busy += Long.parseLong(ticks[field]);
        }
        return busy / TICKS_PER_SECOND;
    }

    private List<Stat> stats() throws IOException {
        List<Stat> stats = new ArrayList<>();
        try (Stream<Path> all = Files.list(proc)) {
            for (Path each : all.toList()) {
                if (each.getFileName().toString().matches("\\d+")) {
                    stats.addAll(stat(each));
                }
            }
        }
        return stats;
    }

    private static List<Stat> stat(Path process) {
        try {
            String line = Files.readString(process.resolve("stat"));
            // The second field is the command in parentheses, which may contain any character.
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
            long ticks = 0;
            // utime, stime, and those of children that have ended
            for (int field = 11; field <= 14; field++) {
                ticks += Long.parseLong(fields[field]);
            }
            return List.of(
                    new Stat(Long.parseLong(process.getFileName().toString()), Long.parseLong(fields[1]), ticks));
        } catch (IOException e) {
            // It has ended in the meantime.
            return List.of();
        }
    }

    private double megabytes(long pid) throws IOException {
        return Files.readAllLines(proc.resolve(pid + "/status")).stream()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum()
                / KILOBYTES_PER_MEGABYTE;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark;

import dev.naiad.pool.benchmark.contender.Contender;
import dev.naiad.pool.benchmark.contender.PoolSpec.Extra;
import dev.naiad.pool.benchmark.micro.Cycles;
import dev.naiad.pool.benchmark.micro.Floor;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** A JMH benchmark with one number of threads. */
final class MicroTrial implements Trial {

    private static final String ALLOCATED = "gc.alloc.rate.norm";

    /** To start a JVM and to open the pool. */
    private static final Duration START = Duration.ofMillis(1_200);

    private final String variant;
    private final Class<?> benchmarks;
    private final String benchmark;
    private final int threads;
    private final Extra extra;
    private final Set<Contender> contenders;
    private final List<String> jvmArguments;
    private final boolean forAll;

    MicroTrial(String variant, String benchmark, int threads, Extra extra) {
        this(variant, Cycles.class, benchmark, threads, extra, EnumSet.allOf(Contender.class), List.of(), false);
    }

    private MicroTrial(
            String variant,
            Class<?> benchmarks,
            String benchmark,
            int threads,
            Extra extra,
            Set<Contender> contenders,
            List<String> jvmArguments,
            boolean forAll) {
        this.variant = variant;
        this.benchmarks = benchmarks;
        this.benchmark = benchmark;
        this.threads = threads;
        this.extra = extra;
        this.contenders = contenders;
        this.jvmArguments = jvmArguments;
        this.forAll = forAll;
    }

    /** No pool at all. It is measured when it is Naiad's turn. */
    static MicroTrial floor(String variant, int threads) {
        return new MicroTrial(
                variant,
                Floor.class,
                "connection",
                threads,
                Extra.NOTHING,
                EnumSet.of(Contender.NAIAD),
                List.of(),
                false);
    }

    MicroTrial only(Contender... contenders) {
        return new MicroTrial(
                variant,
                benchmarks,
                benchmark,
                threads,
                extra,
                EnumSet.copyOf(List.of(contenders)),
                jvmArguments,
                forAll);
    }

    MicroTrial withJvmArgument(String argument) {
        return new MicroTrial(variant, benchmarks, benchmark, threads, extra, contenders, List.of(argument), forAll);
    }

    MicroTrial forAll() {
        return new MicroTrial(variant, benchmarks, benchmark, threads, extra, contenders, jvmArguments, true);
    }

    @Override
    public boolean admits(Contender contender) {
        return contenders.contains(contender);
    }

    @Override
    public boolean isForAll() {
        return forAll;
    }

    @Override
    public Duration estimate(Form form) {
        return START.plusMillis((long) (form.warmUps + form.iterations) * form.iterationMillis);
    }

    @Override
    public void run(Contender contender, Session session, Output output) throws RunnerException {
        boolean floor = benchmarks == Floor.class;
        String row = floor ? Results.FLOOR : contender.title();
        Form form = session.form();
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(benchmarks.getName().replace(".", "\\.") + "\\." + benchmark + "$")
                .forks(1)
                .threads(threads)
                .warmupIterations(form.warmUps)
                .warmupTime(TimeValue.milliseconds(form.iterationMillis))
                .measurementIterations(form.iterations)
                .measurementTime(TimeValue.milliseconds(form.iterationMillis))
                .timeout(TimeValue.minutes(1))
                .jvmArgsAppend(jvmArguments.toArray(String[]::new))
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        if (!floor) {
            options.param("contender", contender.name()).param("extra", extra.name());
        }
        Collection<RunResult> results = new Runner(options.build()).run();
        for (RunResult result : results) {
            output.figure(variant, row, "time", result.getPrimaryResult().getScore());
            result.getSecondaryResults().forEach((name, secondary) -> {
                if (name.endsWith(ALLOCATED)) {
                    output.figure(variant, row, "bytes", secondary.getScore());
                }
            });
        }
    }
}

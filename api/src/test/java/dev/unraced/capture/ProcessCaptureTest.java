// SPDX-License-Identifier: Apache-2.0
package dev.unraced.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.clearInvocations;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockingDetails;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.unraced.config.EventFilters;
import dev.unraced.event.Abi;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.ProcessEncoder;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.event.record.RecordEncoder;
import dev.unraced.event.record.RecordView;
import dev.unraced.process.Absence;
import dev.unraced.process.ProcessTable;
import dev.unraced.testing.Allocation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that a capture with a table of processes gives events their process, and passes on all else. */
class ProcessCaptureTest {
    private static final long START = 1L << 30;
    /** A capture with a table answers these by itself; the last one is a default that calls another method. */
    private static final Set<String> OWN =
            Set.of("processTable", "withProcesses", "await(EventHandler, int, Duration)");

    private final ProcessTable table = new ProcessTable(8, 2);
    private final Capture inner = mock(Capture.class, CALLS_REAL_METHODS);
    private long sum;

    /** The capture hands over an exec, then an open of the program. */
    private Capture capture() {
        when(inner.processEvents()).thenReturn(true);
        RecordView call = call();
        ProcessRecordView exec = exec();
        doAnswer(invocation -> {
                    EventHandler handler = invocation.getArgument(0);
                    handler.onProcess(exec);
                    handler.onEvent(call);
                    return 2;
                })
                .when(inner)
                .poll(any(), anyInt());
        return inner.withProcesses(table);
    }

    @Test
    void aHandlerSeesEachEventWithItsProcess() {
        List<String> seen = new ArrayList<>();
        int count = capture()
                .poll(
                        EventHandler.of(
                                event -> seen.add("call of " + event.process()),
                                event -> seen.add(event.type() + " of " + event.process())),
                        10);
        assertThat(count).isEqualTo(2);
        assertThat(seen).containsExactly("EXEC of /bin/cat", "call of /bin/cat");
    }

    @Test
    void aLambdaGetsNoProcessEventsAndStillKnowsTheProcess() {
        List<String> seen = new ArrayList<>();
        capture().poll(event -> seen.add(event.snapshot().caller().process().toString()), 10);
        assertThat(seen).containsExactly("Optional[/bin/cat]");
    }

    @Test
    void allWaysOfConsumingFeedTheTable() {
        Capture capture = capture();
        doAnswer(invocation -> inner.poll(invocation.getArgument(0), invocation.getArgument(1)))
                .when(inner)
                .await(any(), anyInt(), anyLong());
        doAnswer(invocation -> inner.poll(invocation.getArgument(0), 1))
                .when(inner)
                .consume(any());
        List<String> seen = new ArrayList<>();
        EventHandler handler = event -> seen.add(event.process().toString());
        capture.await(handler, 10, 1);
        capture.await(handler, 10, Duration.ofSeconds(1));
        capture.consume(handler);
        assertThat(seen).containsExactly("/bin/cat", "/bin/cat", "/bin/cat");
    }

    @Test
    void theTableIsThatOfTheCapture() {
        Capture capture = capture();
        assertThat(capture.processTable()).isSameAs(table);
        assertThat(inner.processTable()).isNull();
        ProcessTable other = new ProcessTable(8, 2);
        Capture again = capture.withProcesses(other);
        assertThat(again.processTable()).isSameAs(other);
        List<Absence> absences = new ArrayList<>();
        again.poll(event -> event.process().absence().ifPresent(absences::add), 10);
        assertThat(absences).isEmpty();
        assertThat(other.known()).isEqualTo(1);
        assertThat(table.known()).as("the table that was replaced").isZero();
    }

    @Test
    void aCaptureWithoutProcessEventsNeedsNoTable() {
        when(inner.processEvents()).thenReturn(false);
        assertThat(inner.withProcesses(table)).isSameAs(inner);
    }

    @Test
    void anEventThatPassesThroughAllocatesNothing() {
        Capture capture = capture();
        EventHandler[] handler = new EventHandler[1];
        doAnswer(invocation -> {
                    handler[0] = invocation.getArgument(0);
                    return 0;
                })
                .when(inner)
                .poll(any(), anyInt());
        EventHandler counting = event -> sum += event.process().ancestors().size() + 1;
        capture.poll(counting, 1);
        EventHandler first = handler[0];
        capture.poll(counting, 1);
        assertThat(handler[0]).as("what stands before the same handler").isSameAs(first);
        first.onProcess(exec());
        RecordView call = call();
        Allocation.assertNone(() -> first.onEvent(call));
        assertThat(sum).isNotZero();
        capture.poll(event -> {}, 1);
        assertThat(handler[0]).as("what stands before another handler").isNotSameAs(first);
    }

    @Test
    void recordsFromElsewhereHaveTheirProcessByAHandler() {
        List<String> seen = new ArrayList<>();
        EventHandler handler = EventHandler.withProcesses(
                table, event -> seen.add(event.process().toString()));
        handler.onEvent(call());
        handler.onProcess(exec());
        handler.onEvent(call());
        assertThat(seen).containsExactly("unknown (NOT_SEEN)", "/bin/cat");
    }

    static List<Method> methods() {
        return Arrays.stream(Capture.class.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .filter(method -> !OWN.contains(method.getName()) && !OWN.contains(signature(method)))
                .toList();
    }

    private static String signature(Method method) {
        return method.getName()
                + Arrays.stream(method.getParameterTypes())
                        .map(Class::getSimpleName)
                        .toList()
                        .toString()
                        .replace('[', '(')
                        .replace(']', ')');
    }

    @ParameterizedTest
    @MethodSource("methods")
    void allElseIsPassedOn(Method method) throws ReflectiveOperationException {
        Capture plain = mock(Capture.class);
        when(plain.processEvents()).thenReturn(true);
        Capture capture = new ProcessCapture(plain, table);
        clearInvocations(plain);
        method.invoke(
                capture,
                Arrays.stream(method.getParameterTypes())
                        .map(ProcessCaptureTest::anyOf)
                        .toArray());
        assertThat(mockingDetails(plain).getInvocations())
                .singleElement()
                .satisfies(call -> assertThat(call.getMethod()).isEqualTo(method));
    }

    private static Object anyOf(Class<?> type) {
        if (type == EventHandler.class) {
            return (EventHandler) event -> {};
        }
        if (type == EventFilters.class) {
            return EventFilters.NONE;
        }
        if (type == Mitigation.class) {
            return Mitigation.OFF;
        }
        if (type == boolean.class) {
            return true;
        }
        return type == int.class ? (Object) 1 : (Object) 1L;
    }

    @Test
    void closingClosesTheCapture() {
        Capture capture = capture();
        capture.close();
        verify(inner).close();
    }

    private static ProcessRecordView exec() {
        ProcessEncoder encoder = new ProcessEncoder();
        byte[] path = "/bin/cat".getBytes(StandardCharsets.UTF_8);
        encoder.begin(ProcessView.Type.EXEC, 100).process(50, 50, START, 4).executable(path, 8, 1, 7);
        encoder.finish();
        return new ProcessRecordView().wrap(encoder.buffer(), 0);
    }

    private static RecordView call() {
        RecordEncoder record = new RecordEncoder().begin(Syscall.OPEN, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH);
        record.process(START, 4).thread(50, 50, 1, 1);
        record.finishPartial();
        return new RecordView().wrap(record.buffer(), 0);
    }
}

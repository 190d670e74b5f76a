using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Acrobits.InvitationNotifier.Telemetry;

/// <summary>
/// Creates instruments and records values without throwing. The callbacks of a <see cref="MeterListener"/> run in the caller.
/// </summary>
internal static class SafeInstruments
{
    /// <returns>The instrument, or <see langword="null"/> if a listener threw when it was published.</returns>
    public static TInstrument? TryCreate<TInstrument>(this Meter meter, Func<Meter, TInstrument> create)
        where TInstrument : Instrument
    {
        try
        {
            return create(meter);
        }
        catch (Exception exception)
        {
            TelemetryFailures.Report("metric", exception);
            return null;
        }
    }

    public static void TryAdd(this UpDownCounter<long>? counter, long change)
    {
        try
        {
            counter?.Add(change);
        }
        catch (Exception exception)
        {
            TelemetryFailures.Report("metric", exception);
        }
    }

    public static void TryAdd(this Counter<long>? counter, in TagList tags)
    {
        try
        {
            counter?.Add(1, tags);
        }
        catch (Exception exception)
        {
            TelemetryFailures.Report("metric", exception);
        }
    }

    public static void TryRecord<T>(
        this Histogram<T> histogram, T value, KeyValuePair<string, object?> tag1, KeyValuePair<string, object?> tag2)
        where T : struct
    {
        try
        {
            histogram.Record(value, tag1, tag2);
        }
        catch (Exception exception)
        {
            TelemetryFailures.Report("metric", exception);
        }
    }
}

using System.CommandLine;
using System.Globalization;
using Acrobits.InvitationNotifier.Tool.Cli;
using Acrobits.InvitationNotifier.Worker.Cli;
using Acrobits.InvitationNotifier.Worker.Messages;
using Spectre.Console;

namespace Acrobits.InvitationNotifier.Worker.Commands;

/// <summary>What is in the queue.</summary>
internal sealed class StatusCommand : Command, IHasNotes
{
    private const int MaxNetworks = 50;
    private const int MaxReasons = 3;

    private readonly ConfigOption _config;
    private readonly Option<string?> _network = new("--network") { HelpName = "ID", Description = "Shows this network alone." };
    private readonly Option<bool> _check =
        new("--check") { Description = "Ends with exit code 9 where something is dead, for monitoring." };

    public StatusCommand(ConfigOption config)
        : base("status", "Shows what is ready, deferred and dead, by network.")
    {
        _config = config;
        Options.Add(_network);
        Options.Add(_check);
        SetAction(RunAsync);
    }

    public string Notes =>
        """
        Ready: to be delivered next, or under way. Deferred: a delivery failed, and the next one follows when it is due.
        Dead: the redelivery schedule is exhausted, or the message cannot be read; "requeue" returns them. No phone numbers or users are shown.

        Exit codes:
          0    shown
          1    wrong usage or settings, no database, no table in it yet
          9    something is dead, and --check was given

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var worker = _config.ReadWorker(parsed);
        var network = parsed.GetValue(_network);
        await using MessageTable table = new(worker);
        Dictionary<string, QueueDepth> depths = new(StringComparer.Ordinal);
        QueueDepth total = new();
        await foreach (var message in table.ReadAsync(cancellationToken))
        {
            if (network is null || message.NetworkId == network)
            {
                var key = message.NetworkId ?? "(no invitation)";
                var depth = depths.TryGetValue(key, out var known) ? known : depths[key] = new QueueDepth();
                depth.Add(message);
                total.Add(message);
            }
        }

        Print(depths, total);
        return total.Dead > 0 && parsed.GetValue(_check) ? ExitCode.Dead : ExitCode.Success;
    }

    private static void Print(Dictionary<string, QueueDepth> depths, QueueDepth total)
    {
        if (depths.Count == 0)
        {
            Terminal.Out.WriteLine("The queue is empty.");
            return;
        }

        Table table = new();
        table.AddColumns("Network", "Ready", "Deferred", "Next due", "Dead", "Most frequent reasons");
        foreach (var column in (int[])[1, 2, 4])
        {
            table.Columns[column].RightAligned();
        }

        // What needs somebody's eye comes first.
        var shown = depths
            .OrderByDescending(depth => depth.Value.Dead)
            .ThenByDescending(depth => depth.Value.Deferred)
            .ThenByDescending(depth => depth.Value.Ready)
            .ThenBy(depth => depth.Key, StringComparer.Ordinal)
            .Take(MaxNetworks);
        foreach (var (network, depth) in shown)
        {
            AddRow(table, EscapedText.Line(network), depth);
        }

        AddRow(table, depths.Count > MaxNetworks ? $"all, {depths.Count - MaxNetworks} more included" : "all", total);
        Terminal.Out.Write(table);
    }

    private static void AddRow(Table table, string name, QueueDepth depth)
    {
        string[] cells =
        [
            name,
            depth.Ready.ToString(CultureInfo.InvariantCulture),
            depth.Deferred.ToString(CultureInfo.InvariantCulture),
            depth.NextDue is { } due ? due.ToString("u", CultureInfo.InvariantCulture) : "-",
            depth.Dead.ToString(CultureInfo.InvariantCulture),
            string.Join("; ", depth.Reasons.Take(MaxReasons).Select(reason => $"{EscapedText.Line(reason.Key)} ({reason.Value})")),
        ];
        table.AddRow([.. cells.Select(Markup.Escape)]);
    }
}

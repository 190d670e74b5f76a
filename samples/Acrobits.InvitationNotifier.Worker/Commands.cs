using System.Globalization;
using Acrobits.InvitationNotifier.Tool.Cli;
using Acrobits.InvitationNotifier.Tool.Records;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Spectre.Console;

namespace Acrobits.InvitationNotifier.Worker;

/// <summary>What the commands do.</summary>
internal static class Commands
{
    public static async Task<int> RunAsync(IHost application, CancellationToken cancellationToken)
    {
        using var host = application;
        if (host.Services.GetRequiredService<IConfiguration>().GetValue<bool>("StopWithInput"))
        {
            // The process does not outlive the one that holds the other end of its standard input.
            var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
            _ = Task.Factory
                .StartNew(() => Console.OpenStandardInput().CopyTo(Stream.Null), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .ContinueWith(_ => lifetime.StopApplication(), TaskScheduler.Default);
        }

        await host.RunAsync(cancellationToken);
        return 0;
    }

    public static async Task<int> EnqueueAsync(IHost application, IAsyncEnumerable<InvitationRecord> records, CancellationToken cancellationToken)
    {
        using var host = application;
        await host.StartAsync(cancellationToken);
        var queue = host.Services.GetRequiredService<IInvitationQueue>();
        await using var connection = new NpgsqlConnection(WorkerHost.ConnectionString(host.Services.GetRequiredService<IConfiguration>()));
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (accepted, malformed) = (0, 0);
        await foreach (var record in records)
        {
            if (record.Invitation is { } invitation)
            {
                await queue.EnqueueAsync(invitation, transaction, cancellationToken);
                accepted++;
            }
            else
            {
                Terminal.Error.WriteLine($"line {record.Line}: {record.Problem}");
                malformed++;
            }
        }

        await transaction.CommitAsync(cancellationToken);
        Terminal.Out.WriteLine($"{accepted} invitation(s) are in the queue. {malformed} line(s) are not valid and were left out.");
        await host.StopAsync(cancellationToken);
        return malformed > 0 ? 8 : 0;
    }

    /// <returns>Whether something is dead.</returns>
    public static async Task<bool> StatusAsync(IHost application, string? network, CancellationToken cancellationToken)
    {
        using var host = application;
        var manager = host.Services.GetRequiredService<IInvitationQueueManager>();
        var status = await manager.GetStatusAsync(network, cancellationToken);
        var dead = await manager.GetDeadAsync(new() { NetworkId = network }, cancellationToken).ToLookupAsync(
            invitation => invitation.NetworkId, invitation => invitation.Reason, cancellationToken: cancellationToken);
        var table = new Table().AddColumns("Network", "Ready", "Deferred", "Next due", "Dead", "Most frequent reasons");
        foreach (var row in status.OrderByDescending(row => row.Dead).ThenByDescending(row => row.Deferred).Take(50))
        {
            Add(row.NetworkId ?? "(no invitation)", row, dead[row.NetworkId]);
        }

        InvitationQueueStatus all = new(null, status.Sum(row => row.Ready), status.Sum(row => row.Deferred), status.Min(row => row.DeferredUntil), status.Sum(row => row.Dead));
        Add("all", all, dead.SelectMany(reasons => reasons));
        Terminal.Out.Write(table);
        return all.Dead > 0;

        void Add(string name, InvitationQueueStatus row, IEnumerable<string> reasons)
        {
            var frequent = reasons.CountBy(reason => reason).OrderByDescending(reason => reason.Value).Take(3);
            string[] cells =
            [
                name, $"{row.Ready}", $"{row.Deferred}", row.DeferredUntil?.ToString("u", CultureInfo.InvariantCulture) ?? "-", $"{row.Dead}",
                string.Join("; ", frequent.Select(reason => $"{reason.Key} ({reason.Value})")),
            ];
            table.AddRow([.. cells.Select(cell => Markup.Escape(EscapedText.Line(cell)))]);
        }
    }

    public static async Task<int> RequeueAsync(IHost application, string? network, CancellationToken cancellationToken)
    {
        using var host = application;
        var count = await host.Services.GetRequiredService<IInvitationQueueManager>().RequeueAsync(new() { NetworkId = network }, cancellationToken);
        Terminal.Out.WriteLine($"{count} invitation(s) are back in the queue.");
        return 0;
    }
}

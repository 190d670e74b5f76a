using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Npgsql;

namespace Acrobits.InvitationNotifier.Documentation.Tests;

/// <summary>What the pages take as given: the reader's own application around an example.</summary>
[SuppressMessage("Style", "IDE1006", Justification = "They stand in for local variables.")]
public static class Surroundings
{
    public static WebApplicationBuilder builder => null!;

    public static string connectionString => "";

    public static NpgsqlConnection connection => null!;

    public static IInvitationNotifier notifier => null!;

    public static IInvitationQueue queue => null!;

    public static IInvitationQueueManager manager => null!;

    public static IDeliveryLog deliveryLog => null!;

    public static Invitation invitation => null!;

    public static Task InsertInvitationAsync(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        Task.FromResult((connection, transaction));
}

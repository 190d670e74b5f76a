namespace Acrobits.InvitationNotifier.Documentation.Tests;

/// <summary>The reader's own database of networks.</summary>
public sealed class NetworkStore
{
    /// <returns>The URL of a network; null where it has none.</returns>
    public Task<string?> FindUrlAsync(string networkId, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(cancellationToken.CanBeCanceled ? networkId : null);
}

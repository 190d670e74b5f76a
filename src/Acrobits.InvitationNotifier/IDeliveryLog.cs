namespace Acrobits.InvitationNotifier;

/// <summary>
/// Returns the results of recent deliveries. Registered by <c>AddInvitationDeliveryLog</c>, or for many processes by
/// <c>AddPostgreSqlInvitationDeliveryLog</c>, which also throws the exceptions of Npgsql.
/// </summary>
public interface IDeliveryLog
{
    /// <summary>Returns the deliveries that match a query, newest first.</summary>
    /// <param name="query">The query; <see langword="null"/> matches all deliveries.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    /// <returns>At most <see cref="DeliveryLogQuery.Limit"/> entries.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    ValueTask<IReadOnlyList<DeliveryLogEntry>> QueryAsync(DeliveryLogQuery? query = null, CancellationToken cancellationToken = default);
}

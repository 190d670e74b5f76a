namespace Acrobits.InvitationNotifier.Tool.Records;

/// <summary>Reads the invitations of a file. A malformed record does not affect the others.</summary>
internal interface IRecordReader
{
    /// <summary>The header row of the file, once reading has begun. Null if the format has none.</summary>
    byte[]? Header { get; }

    /// <param name="skip">The number of lines to skip.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    IAsyncEnumerable<InvitationRecord> ReadAsync(long skip, CancellationToken cancellationToken);
}

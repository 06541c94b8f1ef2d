/** Where the settings ask for it, a day on which somebody and we wrote each other is one task on the activity timeline. */
trigger WhatsAppMessageTasks on WhatsApp_Message__c (after insert) {
    if (BuzonDailyTask.isWanted() && !System.isFuture() && !System.isBatch() && Limits.getQueueableJobs() < Limits.getLimitQueueableJobs()) {
        System.enqueueJob(new BuzonDailyTask(Trigger.newMap.keySet()));
    }
}
